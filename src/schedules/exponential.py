"""Exponential decay: the rate shrinks by the same factor each schedule-epoch."""

from dataclasses import dataclass

from src.core.checks import check_number
from src.schedules.timed import TimedSchedule


@dataclass(frozen=True, kw_only=True)
class ExponentialDecay(TimedSchedule):
    """``decay^e`` at schedule-epoch e (row R40).

    Attributes:
        decay: what the rate is multiplied by each schedule-epoch, above 0 and at most 1.
    """

    decay: float

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self, "decay", above=0, at_most=1)

    def factor(self, step: int) -> float:
        """1 in schedule-epoch 0."""
        return float(self.decay ** self.epoch(step))
