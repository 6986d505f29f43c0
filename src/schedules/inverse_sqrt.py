"""Inverse square-root decay after a linear warm-up (Vaswani et al. 2017, section 5.3)."""

from dataclasses import dataclass
from math import sqrt

from src.core.checks import check_count
from src.schedules.timed import TimedSchedule


@dataclass(frozen=True, kw_only=True)
class InverseSqrt(TimedSchedule):
    """``min(n / warmup, sqrt(warmup / n))`` with n = e + 1 at schedule-epoch e.

    The paper's equation 3 over its peak ``(d_model warmup)^-1/2``, so that the largest factor is 1.

    Attributes:
        warmup: schedule-epochs of warm-up, at least 1; the peak lies in the last of them.
    """

    warmup: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self, "warmup")

    def factor(self, step: int) -> float:
        """Up to 1 in a straight line, then down for ever."""
        count = self.epoch(step) + 1
        return min(count / self.warmup, sqrt(self.warmup / count))
