"""The constant schedule: no schedule."""

from dataclasses import dataclass

from src.core.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class Constant(Schedule):
    """The rate as it is: the baseline that every schedule is compared with."""

    def factor(self, step: int) -> float:
        """1 at every step."""
        return 1.0
