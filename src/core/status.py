"""How one replicate ended. Failure is a value with a reason, never an exception."""

from enum import IntEnum


class Status(IntEnum):
    """State of one replicate (one row of the parameter matrix)."""

    RUNNING = 0
    CONVERGED = 1  # the gradient norm fell to the tolerance
    STOPPED_EARLY = 2  # the stopping rule fired and froze the row
    DIVERGED = 3  # the loss or gradient stopped being finite, or the loss passed the ceiling
    OUT_OF_BUDGET = 4  # all steps were taken

    @property
    def label(self) -> str:
        """The word used in tables."""
        return self.name.lower()
