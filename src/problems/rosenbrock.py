"""Rosenbrock's valley (Rosenbrock 1960), chained over neighbouring coordinates for any D >= 2."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_count, check_number
from src.core.problem import Minimum
from src.problems.landscape import Landscape


@dataclass(frozen=True, kw_only=True)
class Rosenbrock(Landscape):
    """``sum_i b (x_{i+1} - x_i^2)^2 + (1 - x_i)^2``: a curved valley with a flat floor (rows R6, R7).

    Attributes:
        dimension: number of coordinates D, at least 2.
        b: steepness of the valley's walls, above 0 (100 in the original).
    """

    dimension: int
    b: float
    source = "Rosenbrock 1960, The Computer Journal 3(3); REFERENCE rows R6, R7"

    def __post_init__(self) -> None:
        check_count(self, "dimension", at_least=2)
        check_number(self, "b", above=0)
        super().__post_init__()

    @property
    def minimum(self) -> Minimum:
        """0 at the point of ones."""
        return Minimum(0.0, ((1.0,) * self.dimension,))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        x, following = theta[..., :-1], theta[..., 1:]
        return (self.b * (following - x * x).square() + (1 - x).square()).sum(-1)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The formula's gradient, several times as fast as autograd on small tensors."""
        x, following = theta[..., :-1], theta[..., 1:]
        wall, floor = following - x * x, 1 - x
        value = (self.b * wall.square() + floor.square()).sum(-1)
        slope = 2 * self.b * wall
        grad = torch.zeros_like(theta)
        grad[..., :-1] = -2 * x * slope - 2 * floor
        grad[..., 1:] += slope
        return value, grad
