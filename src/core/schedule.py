"""The contract of a learning-rate schedule."""

from abc import ABC, abstractmethod


class Schedule(ABC):
    """A factor on the rate, a pure function of the step. Subclasses are frozen dataclasses."""

    @abstractmethod
    def factor(self, step: int) -> float:
        """What the rate is multiplied by at ``step`` (the first is 0); finite and not negative."""
