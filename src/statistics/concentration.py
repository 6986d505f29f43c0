"""How far pairs of random points lie apart in many dimensions, and the law that their relative spread follows.

The difference of two standard-normal points in d dimensions is sqrt(2) times a standard-normal vector, so their
distance is sqrt(2) times a chi variable with d degrees of freedom (Johnson, Kotz & Balakrishnan 1994, ch. 18). Its
spread relative to its mean tends to 1 / sqrt(2 d).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from src.statistics.intervals import Array

_BLOCK = 250  # rows of the Gram matrix at once: a (250, N) block is what memory is needed for


class Spread(NamedTuple):
    """Distances over all pairs of a cloud of points.

    Attributes:
        mean, sd: of the distance.
        nearest: mean over the points of the distance to the nearest other one.
        farthest: likewise to the farthest.
    """

    mean: float
    sd: float
    nearest: float
    farthest: float


def pairwise_spread(points: Array) -> Spread:
    """Distances over the pairs of ``points`` (N, d), N at least 2, without ever holding them all.

    Squared distances are sums of squared norms less twice the Gram matrix, block by block: memory is 250 N numbers,
    not the N^2 d of a difference for every pair.
    """
    count = len(points)
    if count < 2:
        raise ValueError(f"pairs need at least two points, not {count}")
    squares = np.einsum("nd,nd->n", points, points)
    total, total_squared = 0.0, 0.0
    nearest, farthest = np.empty(count), np.empty(count)
    for low in range(0, count, _BLOCK):
        rows = slice(low, min(low + _BLOCK, count))
        squared = squares[rows, None] + squares - 2 * points[rows] @ points.T
        own = np.arange(rows.stop - low), np.arange(low, rows.stop)
        squared[own] = 0.0
        np.maximum(squared, 0.0, out=squared)
        total_squared += float(squared.sum())
        distance = np.sqrt(squared, out=squared)
        total += float(distance.sum())
        farthest[rows] = distance.max(1)
        distance[own] = np.inf
        nearest[rows] = distance.min(1)
    pairs = count * (count - 1)  # each pair was met twice
    mean = total / pairs
    variance = total_squared / pairs - mean * mean
    return Spread(mean, float(np.sqrt(max(variance, 0.0))), float(nearest.mean()), float(farthest.mean()))


def limit_spread(dimension: ArrayLike) -> Array:
    """sd/mean of the distance between normal points for large ``dimension``: 1 / sqrt(2 d)."""
    return np.asarray(1 / np.sqrt(2 * np.asarray(dimension, dtype=np.float64)))


def exact_spread(dimension: ArrayLike) -> Array:
    """sd/mean of the distance between normal points in ``dimension`` d >= 1: that of a chi variable."""
    d = np.asarray(dimension, dtype=np.float64)
    log_mean = 0.5 * np.log(2) + special.gammaln((d + 1) / 2) - special.gammaln(d / 2)
    # var / mean^2 = d / mean^2 - 1, by expm1 because the two nearly cancel in many dimensions.
    return np.asarray(np.sqrt(np.expm1(np.log(d) - 2 * log_mean)))
