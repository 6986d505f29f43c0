"""Ackley's function: a nearly flat, rippled plain around one steep funnel."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.problem import Minimum
from src.problems.landscape import Landscape


@dataclass(frozen=True, kw_only=True)
class Ackley(Landscape):
    """``a + e - a exp(-b sqrt(mean x^2)) - exp(mean cos c x)``, for any D (row R10).

    Attributes:
        dimension: number of coordinates D, at least 1.
        a: depth of the funnel, above 0.
        b: how fast the funnel narrows, above 0.
        c: angular frequency of the ripples, above 0.
    """

    dimension: int
    a: float
    b: float
    c: float
    source = "Ackley 1987, A Connectionist Machine for Genetic Hillclimbing; REFERENCE row R10"

    def __post_init__(self) -> None:
        for field in ("a", "b", "c"):
            check_number(self, field, above=0)
        super().__post_init__()

    @property
    def minimum(self) -> Minimum:
        """0 at the origin, where the function has a cusp."""
        return Minimum(0.0, ((0.0,) * self.dimension,))

    def _terms(self, theta: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Value, root mean square and mean ripple (at most 0), each of shape (...)."""
        radius = theta.square().mean(-1).sqrt()
        ripple = (self.c * theta).cos().mean(-1) - 1
        # expm1 makes the value at the origin exactly 0, where the written formula leaves a rounding error.
        value = -self.a * torch.expm1(-self.b * radius) - math.e * torch.expm1(ripple)
        return value, radius, ripple

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        return self._terms(theta)[0]

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and gradient (..., D), which is 0 (a subgradient) at the cusp, where autograd gives NaN."""
        value, radius, ripple = self._terms(theta)
        nonzero = radius.clamp(min=torch.finfo(theta.dtype).tiny ** 0.5)
        funnel = self.a * self.b * torch.exp(-self.b * radius) / nonzero
        ripples = self.c * torch.exp(1 + ripple).unsqueeze(-1) * (self.c * theta).sin()
        return value, (funnel.unsqueeze(-1) * theta + ripples) / self.dimension
