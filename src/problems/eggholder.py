"""The Eggholder function: deep, crooked basins that grow towards the edges of a large box."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.problem import Minimum
from src.problems.planar import PlanarLandscape

_EDGE = 512.0


def _wave(offset: Tensor) -> tuple[Tensor, Tensor]:
    """``sin sqrt|u|`` and its slope in u, taken as 0 on the crease u = 0 where there is none."""
    root = offset.abs().sqrt()
    return root.sin(), root.cos() * offset.sign() / (2 * root.clamp(min=torch.finfo(offset.dtype).tiny))


@dataclass(frozen=True, kw_only=True)
class Eggholder(PlanarLandscape):
    """``-(y + 47) sin sqrt|x/2 + y + 47| - x sin sqrt|x - y - 47|`` (row R11)."""

    source = "Whitley, Rana, Dzubera and Mathias 1996, Artificial Intelligence 85; REFERENCE row R11"

    @property
    def minimum(self) -> Minimum | None:
        """-959.6407 at (512, 404.2318), on the edge of [-512, 512]^2; unknown (None) for another box."""
        if any(low != -_EDGE for low in self.lower) or any(high != _EDGE for high in self.upper):
            return None
        return Minimum(-959.640662720851, ((_EDGE, 404.23180511375784),))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 2) -> (...)."""
        x, y = theta[..., 0], theta[..., 1] + 47
        return -y * (x / 2 + y).abs().sqrt().sin() - x * (x - y).abs().sqrt().sin()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., 2); finite on the creases, where autograd gives NaN."""
        x, y = theta[..., 0], theta[..., 1] + 47
        sine_sum, slope_sum = _wave(x / 2 + y)
        sine_difference, slope_difference = _wave(x - y)
        along_x = -y * slope_sum / 2 - sine_difference - x * slope_difference
        along_y = -sine_sum - y * slope_sum + x * slope_difference
        return -y * sine_sum - x * sine_difference, torch.stack((along_x, along_y), -1)
