"""Five Gaussian wells, as good as equally deep: which one a method ends in is chance."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.problem import Minimum
from src.problems.planar import PlanarLandscape

CENTRES = ((0.0, 0.0), (2.0, 2.0), (2.0, -2.0), (-2.0, 2.0), (-2.0, -2.0))


@dataclass(frozen=True, kw_only=True)
class FiveWells(PlanarLandscape):
    """``-sum_c exp(-3 |x - c|^2)`` over the centres c = 0 and (+-2, +-2) (row R12)."""

    source = "REFERENCE row R12"

    @property
    def minimum(self) -> Minimum:
        """``-1 - 4 exp(-24)`` at 0; the outer wells, listed too, are higher by ``3 exp(-24)`` = 1.1e-10 alone."""
        return Minimum(-1 - 4 * math.exp(-24), CENTRES)

    def _wells(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """Offsets from the centres (..., 5, 2) and the depth that each adds (..., 5)."""
        offsets = theta.unsqueeze(-2) - torch.tensor(CENTRES, dtype=theta.dtype, device=theta.device)
        return offsets, (-3 * offsets.square().sum(-1)).exp()

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 2) -> (...)."""
        return -self._wells(theta)[1].sum(-1)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., 2)."""
        offsets, depths = self._wells(theta)
        return -depths.sum(-1), 6 * (depths.unsqueeze(-1) * offsets).sum(-2)
