"""A damped checkerboard of basins, on which the starting point decides the end."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.problem import Minimum
from src.problems.planar import PlanarLandscape


@dataclass(frozen=True, kw_only=True)
class Basins(PlanarLandscape):
    """``sin 5x cos 5y exp(-0.1 (x^2 + y^2))`` (row R13)."""

    source = "REFERENCE row R13"

    @property
    def minimum(self) -> Minimum:
        """-0.990257 at (-0.31167, 0)."""
        return Minimum(-0.9902565022602464, ((-0.31166606598772895, 0.0),))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 2) -> (...)."""
        x, y = theta.unbind(-1)
        return (5 * x).sin() * (5 * y).cos() * (-0.1 * (x * x + y * y)).exp()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., 2)."""
        x, y = theta.unbind(-1)
        envelope = (-0.1 * (x * x + y * y)).exp()
        value = (5 * x).sin() * (5 * y).cos() * envelope
        along_x = 5 * (5 * x).cos() * (5 * y).cos() * envelope - 0.2 * x * value
        along_y = -5 * (5 * x).sin() * (5 * y).sin() * envelope - 0.2 * y * value
        return value, torch.stack((along_x, along_y), -1)
