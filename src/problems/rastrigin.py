"""Rastrigin's function: a bowl under a regular grid of local minima."""

import math
from dataclasses import dataclass

from torch import Tensor

from src.core.problem import Minimum
from src.problems.landscape import Landscape


@dataclass(frozen=True, kw_only=True)
class Rastrigin(Landscape):
    """``10 D + sum_i (x_i^2 - 10 cos 2 pi x_i)``, for any D (row R9).

    Attributes:
        dimension: number of coordinates D, at least 1.
    """

    dimension: int
    source = "Rastrigin 1974, generalized by Muehlenbein, Schomisch and Born 1991; REFERENCE row R9"

    @property
    def minimum(self) -> Minimum:
        """0 at the origin."""
        return Minimum(0.0, ((0.0,) * self.dimension,))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        # 10 - 10 cos 2u = 20 sin^2 u: no cancellation near the minimum.
        return (theta.square() + 20 * (math.pi * theta).sin().square()).sum(-1)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., D)."""
        return self.value(theta), 2 * theta + 20 * math.pi * (2 * math.pi * theta).sin()
