"""A saddle whose two directions differ in scale by four orders of magnitude."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.problem import Minimum
from src.problems.planar import PlanarLandscape

_EDGE = 5.0


@dataclass(frozen=True, kw_only=True)
class UnevenSaddle(PlanarLandscape):
    """``0.01 x^2 + 100 y^2 sin(0.1x) cos(0.1y)``: a saddle at 0, unbounded below on the plane (row R15)."""

    source = "REFERENCE row R15"

    @property
    def minimum(self) -> Minimum | None:
        """-1051.59 at the corners (-5, +-5) of the box [-5, 5]^2; None for another box."""
        if any(low != -_EDGE for low in self.lower) or any(high != _EDGE for high in self.upper):
            return None
        value = 0.01 * _EDGE**2 - 100 * _EDGE**2 * math.sin(0.1 * _EDGE) * math.cos(0.1 * _EDGE)
        return Minimum(value, ((-_EDGE, -_EDGE), (-_EDGE, _EDGE)))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 2) -> (...)."""
        x, y = theta.unbind(-1)
        return 0.01 * x * x + 100 * y * y * (0.1 * x).sin() * (0.1 * y).cos()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., 2)."""
        x, y = theta.unbind(-1)
        sine, cosine = (0.1 * x).sin(), (0.1 * y).cos()
        along_x = 0.02 * x + 10 * y * y * (0.1 * x).cos() * cosine
        along_y = 200 * y * sine * cosine - 10 * y * y * sine * (0.1 * y).sin()
        return self.value(theta), torch.stack((along_x, along_y), -1)
