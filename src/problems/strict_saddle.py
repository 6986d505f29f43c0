"""A strict saddle: a point of zero gradient that curves downwards along one direction (Ge et al. 2015)."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.problem import Minimum
from src.problems.planar import PlanarLandscape


@dataclass(frozen=True, kw_only=True)
class StrictSaddle(PlanarLandscape):
    """``x^2 - y^2 + y^4/4``: a saddle at 0 between two minima (claim C17).

    Descent from y = 0 without noise never leaves that line, and ends at the saddle; from any other start it leaves
    it, by a factor of ``1 + 2 rate`` a step near the saddle.
    """

    source = "Ge et al. 2015, Escaping from saddle points; REFERENCE claim C17"

    @property
    def minimum(self) -> Minimum:
        """-1 at (0, +-sqrt(2))."""
        return Minimum(-1.0, ((0.0, -math.sqrt(2)), (0.0, math.sqrt(2))))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 2) -> (...)."""
        x, y = theta.unbind(-1)
        return x * x - y * y + y**4 / 4

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., 2)."""
        x, y = theta.unbind(-1)
        return self.value(theta), torch.stack((2 * x, y**3 - 2 * y), -1)
