"""How evenly points cover the unit cube."""

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import qmc

from src.statistics.intervals import Array

_SIDE = 81  # points a side of the lattice on which holes are looked for


def _points(points: Array) -> Array:
    """``points`` (N, D), refused outside the unit cube."""
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2 or 0 in array.shape or not ((array >= 0) & (array <= 1)).all():
        raise ValueError("points are a matrix of N by D numbers between 0 and 1")
    return array


def centred_discrepancy(points: Array) -> float:
    """Centred L2 discrepancy (Hickernell 1998, Mathematics of Computation 67(221)), not squared; 0 is even cover.

    For N independent uniform points in D dimensions its square has the mean ``((5/4)^D - (13/12)^D) / N``.
    """
    return float(np.sqrt(qmc.discrepancy(_points(points), method="CD")))


def largest_hole(points: Array) -> float:
    """Radius of the largest ball, centred in the unit square, that holds none of ``points`` (N, 2).

    Looked for on a lattice of 81 x 81 centres, so up to 0.009 too small.
    """
    array = _points(points)
    if array.shape[1] != 2:
        raise ValueError(f"holes are looked for in two dimensions, not {array.shape[1]}")
    axis = np.linspace(0, 1, _SIDE)
    lattice = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return float(np.max(cKDTree(array).query(lattice)[0]))
