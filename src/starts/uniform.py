"""Uniformly distributed starting points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_number, field_error
from src.core.problem import Problem
from src.core.start import Start
from src.core.streams import Seed
from src.starts.box import box_of


@dataclass(frozen=True, kw_only=True)
class Uniform(Start):
    """Uniform over a box (row R41).

    Attributes:
        lower: lower edge in every coordinate; None for the problem's own box.
        upper: upper edge in every coordinate, above ``lower``; None exactly where ``lower`` is.
    """

    lower: float | None
    upper: float | None

    def __post_init__(self) -> None:
        if self.lower is None and self.upper is None:
            return
        if self.lower is None or self.upper is None:
            raise field_error(self, "upper", self.upper, f"null exactly when lower = {self.lower!r} is")
        check_number(self, "lower")
        check_number(self, "upper", above=self.lower)

    def draw(self, problem: Problem, seeds: Sequence[Seed]) -> Tensor:
        """Shape (S, D).

        Raises:
            FieldError: no edges are given here, and the problem has no box.
        """
        if self.lower is None or self.upper is None:
            lower, upper = box_of(self, problem)
        else:
            lower, upper = np.array(self.lower), np.array(self.upper)
        points = np.empty((len(seeds), problem.dimension))
        for row, seed in enumerate(seeds):
            points[row] = seed.generator("start").uniform(lower, upper, problem.dimension)
        return torch.from_numpy(points).to(problem.dtype)
