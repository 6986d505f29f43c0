"""Empirical distribution of runtimes over many targets: how much a method has solved after how long.

Hansen, Auger, Ros, Mersmann, Tusar and Brockhoff 2021 (COCO), Optimization Methods and Software 36(1), section 4.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import Array, percentile_interval, resamples


class RuntimeProfile(NamedTuple):
    """Shares of the targets that were reached by each time, with an interval at each."""

    share: Array  # (T,), not falling
    low: Array  # (T,); NaN for a single run
    high: Array  # (T,)


def runtime_profile(times: ArrayLike, at: ArrayLike, *, confidence: float | None = None) -> RuntimeProfile:
    """The share of pairs of a run and a target whose time is at most each of ``at``.

    Args:
        times: when each of n runs reached each of K targets, shape (n, K); NaN or inf: never. One seed is one run,
            so that the targets of all problems under that seed stand in its row.
        at: times at which to read the distribution, shape (T,).
        confidence: of the interval, a bootstrap over runs: targets are chosen, not drawn.

    Returns:
        The profile.
    """
    matrix = np.asarray(times, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"times are a matrix of runs by targets, not shape {matrix.shape}")
    when = np.asarray(at, dtype=np.float64)
    ordered = np.sort(np.nan_to_num(matrix, nan=np.inf), axis=1)
    each = np.stack([np.searchsorted(row, when, side="right") for row in ordered]) / matrix.shape[1]
    runs = len(matrix)
    if runs == 1:
        unknown = np.full(len(when), np.nan)
        return RuntimeProfile(each[0], unknown, unknown)
    indices = resamples(runs)
    weights = np.stack([np.bincount(row, minlength=runs) for row in indices]) / runs
    low, high = percentile_interval((weights @ each).T, confidence)
    return RuntimeProfile(each.mean(axis=0), low, high)
