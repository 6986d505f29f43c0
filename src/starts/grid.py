"""A regular grid of starting points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_count
from src.core.problem import Problem
from src.core.start import Start
from src.core.streams import Seed
from src.starts.box import box_of


@dataclass(frozen=True, kw_only=True)
class Grid(Start):
    """Evenly spaced points over the problem's box, corners included (row R41: 5 x 5).

    Seed number s takes point ``s mod per_side^D``; the last coordinate varies fastest. Nothing is random here: the
    splits share the points.

    Attributes:
        per_side: points along each dimension, at least 2.
    """

    per_side: int

    def __post_init__(self) -> None:
        check_count(self, "per_side", at_least=2)

    def draw(self, problem: Problem, seeds: Sequence[Seed]) -> Tensor:
        """Shape (S, D).

        Raises:
            FieldError: the problem has no box.
        """
        lower, upper = box_of(self, problem)
        places = np.array([self._place(seed.number, problem.dimension) for seed in seeds], dtype=float)
        share = places.reshape(len(seeds), problem.dimension) / (self.per_side - 1)
        return torch.from_numpy(lower * (1 - share) + upper * share).to(problem.dtype)

    def _place(self, number: int, dimension: int) -> list[int]:
        """The digits of ``number`` in base ``per_side``: the place along each dimension."""
        return [number // self.per_side**power % self.per_side for power in reversed(range(dimension))]
