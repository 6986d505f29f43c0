"""Linear warm-up (Goyal et al. 2017), then linear decay."""

from dataclasses import dataclass

from src.core.checks import check_count, field_error
from src.schedules.timed import TimedSchedule


@dataclass(frozen=True, kw_only=True)
class WarmupLinear(TimedSchedule):
    """``(e + 1) / warmup`` for schedule-epochs e < warmup, then ``1 - (e - warmup) / (epochs - warmup)`` (row R40).

    Attributes:
        warmup: schedule-epochs of warm-up, at least 0 and below ``epochs``.
    """

    warmup: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self, "warmup", at_least=0)
        if self.warmup >= self.epochs:
            raise field_error(self, "warmup", self.warmup, f"below epochs = {self.epochs}")

    def factor(self, step: int) -> float:
        """1 at the end of the warm-up and once more right after it, then down to just above 0."""
        epoch = self.epoch(step)
        if epoch < self.warmup:
            return (epoch + 1) / self.warmup
        return 1 - (epoch - self.warmup) / (self.epochs - self.warmup)
