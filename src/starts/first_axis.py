"""Starting points on one line: on the stable manifold of a saddle that descends along the other coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.problem import Problem
from src.core.start import Start
from src.core.streams import Seed


@dataclass(frozen=True, kw_only=True)
class FirstAxis(Start):
    """``scale N(0, 1)`` in the first coordinate, exactly 0 in all others (claim C17).

    Attributes:
        scale: standard deviation of the first coordinate, above 0.
    """

    scale: float

    def __post_init__(self) -> None:
        check_number(self, "scale", above=0)

    def draw(self, problem: Problem, seeds: Sequence[Seed]) -> Tensor:
        """Shape (S, D)."""
        points = torch.zeros(len(seeds), problem.dimension, dtype=problem.dtype)
        points[:, 0] = torch.tensor([self.scale * seed.generator("start").standard_normal() for seed in seeds])
        return points
