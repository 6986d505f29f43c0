"""Gradual warm-up (Goyal et al. 2017, section 2.2) and nothing after it: what warm-up does by itself."""

from dataclasses import dataclass

from src.core.checks import check_count
from src.schedules.timed import TimedSchedule


@dataclass(frozen=True, kw_only=True)
class Warmup(TimedSchedule):
    """``min((e + 1) / warmup, 1)`` at schedule-epoch e: row R40's warm-up, then the rate as it is.

    Attributes:
        warmup: schedule-epochs of warm-up, at least 1; the factor is 1 from the last of them on.
    """

    warmup: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self, "warmup")

    def factor(self, step: int) -> float:
        """Up to 1 in a straight line, and 1 for ever."""
        return min((self.epoch(step) + 1) / self.warmup, 1.0)
