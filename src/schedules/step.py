"""Step decay: the rate drops by the same factor at regular intervals."""

from dataclasses import dataclass

from src.core.checks import check_count, check_number
from src.schedules.timed import TimedSchedule


@dataclass(frozen=True, kw_only=True)
class StepDecay(TimedSchedule):
    """``drop^floor(e / every)`` at schedule-epoch e (row R40).

    Attributes:
        drop: what the rate is multiplied by at each drop, above 0 and at most 1.
        every: schedule-epochs between two drops, at least 1.
    """

    drop: float
    every: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self, "drop", above=0, at_most=1)
        check_count(self, "every")

    def factor(self, step: int) -> float:
        """1 until the first drop."""
        return float(self.drop ** (self.epoch(step) // self.every))
