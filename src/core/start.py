"""The contract of a starting-point rule: landscapes' starts and networks' weight initialization alike."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from torch import Tensor

from src.core.problem import Problem
from src.core.streams import Seed


class Start(ABC):
    """Where descent begins. Subclasses are frozen dataclasses."""

    @abstractmethod
    def draw(self, problem: Problem, seeds: Sequence[Seed]) -> Tensor:
        """Starting points, shape (S, D) in ``problem.dtype``; row s depends on ``seeds[s]`` alone."""
