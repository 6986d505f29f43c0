"""Normally distributed starting points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.problem import Problem
from src.core.start import Start
from src.core.streams import Seed


@dataclass(frozen=True, kw_only=True)
class Normal(Start):
    """``centre + scale N(0, I)`` (row R41); needs no box, and may fall outside the problem's.

    Attributes:
        scale: standard deviation of each coordinate, above 0.
        centre: mean of each coordinate.
    """

    scale: float
    centre: float

    def __post_init__(self) -> None:
        check_number(self, "scale", above=0)
        check_number(self, "centre")

    def draw(self, problem: Problem, seeds: Sequence[Seed]) -> Tensor:
        """Shape (S, D)."""
        points = np.empty((len(seeds), problem.dimension))
        for row, seed in enumerate(seeds):
            points[row] = seed.generator("start").standard_normal(problem.dimension)
        return torch.from_numpy(self.centre + self.scale * points).to(problem.dtype)
