"""What all schedules with a shape over time share: the clock that turns steps into schedule-epochs."""

from dataclasses import dataclass

from src.core.checks import check_count
from src.core.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class TimedSchedule(Schedule):
    """A schedule stretched over a run, whatever the run's length.

    A schedule-epoch is a share 1 / ``epochs`` of the horizon, not a pass over data; within one the factor is
    constant. With ``horizon = epochs`` a schedule-epoch is a step, and row R40's numbers come back.

    Attributes:
        horizon: total number of steps of the run, at least 1.
        epochs: number of schedule-epochs in the horizon, at least 1.
    """

    horizon: int
    epochs: int

    def __post_init__(self) -> None:
        check_count(self, "horizon")
        check_count(self, "epochs")

    def epoch(self, step: int) -> int:
        """``floor(step epochs / horizon)``, from 0 up; from the horizon on, that of the horizon's last step."""
        return min(step, self.horizon - 1) * self.epochs // self.horizon
