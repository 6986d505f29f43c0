"""A landscape in units of its box and of the span of its values, for the searches of minima and zero gradients."""

from collections.abc import Sequence

import numpy as np
import torch
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.stats import qmc
from torch import Tensor

from src.problems.landscape import Landscape

_ROWS = 20_000  # most points evaluated at once, which bounds memory
_SAME = 0.012  # points nearer than this in every coordinate are one point, or belong to one valley
_FLAT = 1e-12  # of the largest eigenvalue: smaller eigenvalues are rounding


class UnitBox:
    """Landscape over [0, 1]^D, with values divided by their span.

    Attributes:
        problem: the landscape.
        dimension: number of coordinates D.
        span: highest minus lowest value over scattered points, in the landscape's own unit.
    """

    def __init__(self, problem: Landscape) -> None:
        self.problem = problem
        self.dimension = problem.dimension
        self._lower, upper = problem.box()
        self._width = upper - self._lower
        self.span = 1.0
        values = self.value(self.scattered(4096))
        self.span = float(values.max() - values.min())

    def scattered(self, count: int) -> Tensor:
        """Draw ``count`` points of Sobol's sequence, scrambled by a fixed seed, (count, D)."""
        power = max(1, int(np.ceil(np.log2(count))))
        return torch.from_numpy(qmc.Sobol(self.dimension, rng=0).random_base2(power)[:count])

    def outside(self, unit: Tensor) -> Tensor:
        """Points ``unit`` (..., D) in the landscape's own coordinates."""
        return self._lower + unit * self._width

    def value(self, unit: Tensor) -> Tensor:
        """Values at the points ``unit`` (..., D), shape (...)."""
        theta = self.outside(unit)
        rows = torch.split(theta.reshape(-1, self.dimension), _ROWS)
        return torch.cat([self.problem.value(piece) for piece in rows]).reshape(theta.shape[:-1]) / self.span

    def gradient(self, unit: Tensor) -> Tensor:
        """Gradients at the points ``unit`` (N, D), shape (N, D)."""
        grad = self.problem.gradient(self.outside(unit))[1]
        return grad * self._width / self.span

    def curvature(self, unit: Tensor) -> Tensor:
        """Hessians at the points ``unit`` (N, D), shape (N, D, D); not finite on a crease."""
        hessians: Tensor = torch.func.vmap(torch.func.hessian(self.problem.value))(self.outside(unit))
        return hessians * self._width[:, None] * self._width / self.span

    def newton(self, unit: Tensor, *, downhill: bool) -> tuple[Tensor, Tensor]:
        """Newton's step and the Hessian's eigenvalues at each point, both (N, D).

        Where the Hessian is not finite the step is the negative gradient. The step is 0 along a direction without
        curvature, so that a point in a valley of minima stays.

        Args:
            unit: the points (N, D).
            downhill: whether to use absolute curvatures (Dauphin et al. 2014, saddle-free Newton), and to hold
                coordinates whose descent would leave the box.
        """
        slope, hessians = self.gradient(unit), self.curvature(unit)
        slope = torch.where(slope.isfinite(), slope, 0.0)
        identity = torch.eye(self.dimension, dtype=unit.dtype)
        hessians = torch.where(hessians.isfinite().all(-1).all(-1)[:, None, None], hessians, identity)
        if downhill:
            free = ~(((unit <= 0) & (slope > 0)) | ((unit >= 1) & (slope < 0)))
            slope = slope * free
            hessians = torch.where(free[:, :, None] & free[:, None, :], hessians, identity)
        eigenvalues, axes = torch.linalg.eigh(hessians)
        sizes = eigenvalues.abs()
        curved = sizes > _FLAT * sizes.amax(-1, keepdim=True)
        inverse = torch.where(curved, 1 / (sizes if downhill else eigenvalues), 0.0)
        step = (axes @ (inverse * (axes.mT @ slope[..., None])[..., 0])[..., None])[..., 0]
        return -step, eigenvalues


def joined(unit: np.ndarray) -> np.ndarray:
    """Group of each of the points (N, D), (N,): chains of near points are one group (single linkage)."""
    pairs = cKDTree(unit).query_pairs(_SAME * np.sqrt(unit.shape[1]), output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(unit), len(unit)))
    return np.asarray(connected_components(links, directed=False)[1])


def plane(point: Sequence[float]) -> tuple[float, float]:
    """First two coordinates of ``point``; NaN for the second in one dimension."""
    return point[0], point[1] if len(point) > 1 else np.nan
