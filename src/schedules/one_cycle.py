"""The one-cycle policy (Smith & Topin 2018), in the two-phase cosine form of torch's ``OneCycleLR``."""

from dataclasses import dataclass
from math import cos, pi

from src.core.checks import check_count, check_number, field_error
from src.schedules.timed import TimedSchedule


@dataclass(frozen=True, kw_only=True)
class OneCycle(TimedSchedule):
    """Up from 1 / div_factor to 1, then down to 1 / (div_factor final_div_factor), each along half a cosine.

    Only the rate cycles here: the opposite cycle of momentum, which the paper also proposes, is left out.

    Attributes:
        warmup: schedule-epochs of the rise, at least 2 and below ``epochs``; the peak lies in the last of them.
        div_factor: the peak over the first factor, at least 1.
        final_div_factor: the first factor over the last, at least 1.
    """

    warmup: int
    div_factor: float
    final_div_factor: float

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self, "warmup", at_least=2)
        if self.warmup >= self.epochs:
            raise field_error(self, "warmup", self.warmup, f"below epochs = {self.epochs}")
        check_number(self, "div_factor", at_least=1)
        check_number(self, "final_div_factor", at_least=1)

    def factor(self, step: int) -> float:
        """1 at schedule-epoch ``warmup - 1``, smallest at the last one."""
        epoch, peak = self.epoch(step), self.warmup - 1
        first = 1 / self.div_factor
        if epoch <= peak:
            return _half_cosine(first, 1.0, epoch / peak)
        return _half_cosine(1.0, first / self.final_div_factor, (epoch - peak) / (self.epochs - 1 - peak))


def _half_cosine(begin: float, end: float, share: float) -> float:
    """From ``begin`` at share 0 to ``end`` at share 1, level at both."""
    return end + (begin - end) * (1 + cos(pi * share)) / 2
