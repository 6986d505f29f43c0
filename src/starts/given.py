"""The starting point that comes with the problem."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import field_error
from src.core.problem import Problem
from src.core.start import Start
from src.core.streams import Seed


@dataclass(frozen=True, kw_only=True)
class Given(Start):
    """``problem.start``, the same for every seed."""

    def draw(self, problem: Problem, seeds: Sequence[Seed]) -> Tensor:
        """Shape (S, D), all rows equal.

        Raises:
            FieldError: the problem has no starting point of its own.
        """
        point = getattr(problem, "start", None)
        if point is None:
            raise field_error(
                self, "problem", type(problem).__name__, "a problem with a start; this one's start is null"
            )
        return torch.tensor([point] * len(seeds), dtype=problem.dtype).reshape(len(seeds), problem.dimension)
