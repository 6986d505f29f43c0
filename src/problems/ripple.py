"""A wide bowl with a burst of ripples at its centre."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.problem import Minimum
from src.problems.planar import PlanarLandscape


@dataclass(frozen=True, kw_only=True)
class Ripple(PlanarLandscape):
    """``0.1 (x^2 + y^2) + exp(-5 (x^2 + y^2)) sin 10x cos 10y`` (row R14)."""

    source = "REFERENCE row R14"

    @property
    def minimum(self) -> Minimum:
        """-0.891838 at (-0.14260, 0)."""
        return Minimum(-0.8918376889853596, ((-0.14260233216919838, 0.0),))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 2) -> (...)."""
        x, y = theta.unbind(-1)
        square = x * x + y * y
        return 0.1 * square + (-5 * square).exp() * (10 * x).sin() * (10 * y).cos()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., 2), taken at ``theta`` itself.

        The notebook reads the gradient at the centre of its plotting grid instead, whatever the point.
        """
        x, y = theta.unbind(-1)
        square = x * x + y * y
        envelope = (-5 * square).exp()
        burst = envelope * (10 * x).sin() * (10 * y).cos()
        along_x = 0.2 * x - 10 * x * burst + 10 * envelope * (10 * x).cos() * (10 * y).cos()
        along_y = 0.2 * y - 10 * y * burst - 10 * envelope * (10 * x).sin() * (10 * y).sin()
        return 0.1 * square + burst, torch.stack((along_x, along_y), -1)
