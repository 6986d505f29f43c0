"""The loss surface of the smallest relu network: a valley of equal minima made by scale symmetry."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from src.core.problem import Minimum
from src.problems.planar import PlanarLandscape


@lru_cache(maxsize=1)
def _samples() -> tuple[Tensor, Tensor]:
    """Inputs, 100 points evenly spaced over [-4, 4], and their sines; each (100,), float64."""
    x = torch.linspace(-4, 4, 100, dtype=torch.float64)
    return x, x.sin()


@dataclass(frozen=True, kw_only=True)
class ReluValley(PlanarLandscape):
    """Mean squared error of ``w1 relu(w2 x)`` fitted to ``sin x``, over theta = (w1, w2) (row R16).

    ``w1 relu(w2 x)`` is unchanged when w1 is divided and w2 multiplied by one positive number; and the samples are
    symmetric. So the error depends on the product ``w1 w2`` alone and is least along a whole curve in each of two
    quadrants: the branches w1, w2 > 0 and w1, w2 < 0 of ``w1 w2 = product``.
    """

    source = "REFERENCE row R16"

    @property
    def product(self) -> float:
        """``w1 w2`` along the valley: least squares of sin x on x over the half of the samples that is active."""
        x, sine = _samples()
        active = x > 0
        return float((x * sine)[active].sum() / x.square()[active].sum())

    @property
    def minimum(self) -> Minimum:
        """0.42273 all along ``w1 w2 = 0.078858``; listed are three points of each branch."""
        product = self.product
        branch = ((math.sqrt(product),) * 2, (2.0, product / 2), (product / 2, 2.0))
        points = branch + tuple((-w1, -w2) for w1, w2 in branch)
        value = self.value(torch.tensor(branch[0], dtype=self.dtype))
        return Minimum(float(value), points)

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 2) -> (...)."""
        x, sine = (part.to(theta) for part in _samples())
        hidden = torch.relu(theta[..., 1:] * x)
        return (theta[..., :1] * hidden - sine).square().mean(-1)
