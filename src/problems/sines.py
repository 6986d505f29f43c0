"""A smooth bowl with sines on it, in two coordinates and in one."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.problem import Minimum
from src.problems.landscape import Landscape
from src.problems.planar import PlanarLandscape

# The root of cos x + 0.2 x = 0 near -1.3 and the value there: the two formulas agree where y = 0.
_POINT = -1.306440008369511
_VALUE = -0.7945823375615283


@dataclass(frozen=True, kw_only=True)
class Sines(PlanarLandscape):
    """``sin x cos y + 0.1 (x^2 + y^2)``: a few basins of unequal depth (row R1)."""

    source = "REFERENCE row R1"

    @property
    def minimum(self) -> Minimum:
        """-0.794582 at (-1.30644, 0)."""
        return Minimum(_VALUE, ((_POINT, 0.0),))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 2) -> (...)."""
        x, y = theta.unbind(-1)
        return x.sin() * y.cos() + 0.1 * (x * x + y * y)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., 2)."""
        x, y = theta.unbind(-1)
        slopes = (x.cos() * y.cos() + 0.2 * x, -x.sin() * y.sin() + 0.2 * y)
        return self.value(theta), torch.stack(slopes, -1)


@dataclass(frozen=True, kw_only=True)
class WavyParabola(Landscape):
    """``sin x + 0.1 x^2``: the non-convex half of the pair that explains convexity (row R2)."""

    source = "REFERENCE row R2"

    @property
    def dimension(self) -> int:
        """Always 1."""
        return 1

    @property
    def minimum(self) -> Minimum:
        """-0.794582 at -1.30644."""
        return Minimum(_VALUE, ((_POINT,),))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 1) -> (...)."""
        x = theta[..., 0]
        return x.sin() + 0.1 * x * x

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and the formula's gradient (..., 1)."""
        return self.value(theta), theta.cos() + 0.2 * theta
