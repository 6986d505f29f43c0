"""Record of the evaluations that raised an exception: a failed evaluation has no value, and the search goes on."""

from dataclasses import dataclass


@dataclass
class EvaluationFailures:
    """Evaluations of one problem that raised an exception.

    Attributes:
        count: number of such evaluations.
        first: the first exception in one line; empty when there is none.
    """

    count: int = 0
    first: str = ""

    def add(self, error: Exception) -> None:
        """Count one evaluation that raised ``error``."""
        self.count += 1
        self.first = self.first or error_line(error)


def error_line(error: Exception) -> str:
    """Type and message of ``error`` in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
