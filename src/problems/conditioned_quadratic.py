"""Convex quadratics of a chosen condition number, with axes along the coordinates or turned away from them."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_count, check_number
from src.core.problem import Minimum
from src.problems.landscape import Landscape


@lru_cache(maxsize=16)
def _axes(dimension: int, rotation_seed: int) -> Tensor:
    """An orthogonal matrix (D, D), uniform over all of them (Stewart 1980): row i is the i-th axis."""
    drawn = np.random.default_rng(rotation_seed).standard_normal((dimension, dimension))
    orthogonal, triangular = np.linalg.qr(drawn)
    return torch.from_numpy((orthogonal * np.sign(np.diag(triangular))).T.copy())


@dataclass(frozen=True, kw_only=True)
class ConditionedQuadratic(Landscape):
    """``1/2 sum_i lambda_i (q_i . x)^2`` with curvatures from 1 to ``condition``, evenly spaced on a log scale (C2).

    Methods that scale each coordinate by itself depend on whether the axes q are the coordinates; gradient descent
    and momentum do not.

    Attributes:
        condition: the Hessian's condition number, at least 1, which is also its largest eigenvalue.
        rotation_seed: seed of the axes q; None for the coordinates themselves.
    """

    condition: float
    rotation_seed: int | None
    source = "REFERENCE claims C2, C18"

    def __post_init__(self) -> None:
        check_number(self, "condition", at_least=1)
        if self.rotation_seed is not None:
            check_count(self, "rotation_seed", at_least=0)
        super().__post_init__()

    @property
    def dimension(self) -> int:
        """That of the box."""
        return len(self.lower)

    @property
    def minimum(self) -> Minimum:
        """0 at the origin."""
        return Minimum(0.0, ((0.0,) * self.dimension,))

    def curvatures(self, like: Tensor) -> Tensor:
        """The Hessian's eigenvalues, ascending, shape (D,), in the type and on the device of ``like``."""
        return torch.logspace(
            0, float(np.log10(self.condition)), self.dimension, dtype=like.dtype, device=like.device
        )

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        along = self._along(theta)
        return (self.curvatures(theta) * along.square()).sum(-1) / 2

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and ``sum_i lambda_i (q_i . x) q_i``, shape (..., D)."""
        along = self._along(theta)
        slope = self.curvatures(theta) * along
        return (slope * along).sum(-1) / 2, self._turned(slope, transposed=True)

    def _along(self, theta: Tensor) -> Tensor:
        """Coordinates along the axes, shape (..., D)."""
        return self._turned(theta, transposed=False)

    def _turned(self, vectors: Tensor, *, transposed: bool) -> Tensor:
        if self.rotation_seed is None:
            return vectors
        axes = _axes(self.dimension, self.rotation_seed).to(vectors)
        # Products and sums, not a matrix product: its rounding would depend on how many rows stand beside a row.
        return (vectors.unsqueeze(-2) * (axes.T if transposed else axes)).sum(-1)
