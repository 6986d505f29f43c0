"""Axis-aligned convex quadratics: the bowls and narrow valleys of any condition number."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_vector, field_error
from src.core.problem import Minimum
from src.problems.landscape import Landscape


@dataclass(frozen=True, kw_only=True)
class Quadratic(Landscape):
    """``sum_i c_i x_i^2`` (rows R2, R3, R4, R5, R8).

    The Hessian is diagonal with entries ``2 c_i``, so its largest is ``L = 2 max c`` and the condition number is
    ``max c / min c``.

    Attributes:
        curvatures: the coefficients c, one for each of D coordinates, each above 0.
    """

    curvatures: tuple[float, ...]
    source = "REFERENCE rows R2, R3, R4, R5, R8"

    def __post_init__(self) -> None:
        try:
            length = len(self.curvatures)
        except TypeError:
            length = 0
        check_vector(self, "curvatures", length)
        if length == 0 or min(self.curvatures) <= 0:
            raise field_error(self, "curvatures", self.curvatures, "a list of at least one number, each above 0")
        super().__post_init__()

    @property
    def dimension(self) -> int:
        """One coordinate for each curvature."""
        return len(self.curvatures)

    @property
    def minimum(self) -> Minimum:
        """0 at the origin."""
        return Minimum(0.0, ((0.0,) * self.dimension,))

    def _scaled(self, theta: Tensor) -> Tensor:
        """``c_i x_i``, shape (..., D)."""
        return theta * torch.tensor(self.curvatures, dtype=theta.dtype, device=theta.device)

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        return (self._scaled(theta) * theta).sum(-1)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and ``2 c_i x_i``, shape (..., D)."""
        scaled = self._scaled(theta)
        return (scaled * theta).sum(-1), 2 * scaled
