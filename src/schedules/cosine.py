"""Cosine annealing (Loshchilov & Hutter 2017), one period without restarts."""

from dataclasses import dataclass
from math import cos, pi

from src.schedules.timed import TimedSchedule


@dataclass(frozen=True, kw_only=True)
class Cosine(TimedSchedule):
    """``(1 + cos(pi e / epochs)) / 2`` at schedule-epoch e (row R40)."""

    def factor(self, step: int) -> float:
        """From 1 down to just above 0: 0 itself would come at schedule-epoch ``epochs``, after the last."""
        return (1 + cos(pi * self.epoch(step) / self.epochs)) / 2
