"""How much of a spread comes from groups and how much from within them: one-way random effects.

Searle, Casella and McCulloch 1992, Variance Components, section 3.6: the estimators of the analysis of variance.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import CONFIDENCE, Array, Estimate, percentile_interval, resamples


class Spread(NamedTuple):
    """Standard deviations, in the values' own unit."""

    between: Estimate  # of the groups' true means
    within: Estimate  # of values of one group


def between_groups(values: Array) -> Array:
    """Standard deviation of the groups' true means, (..., n, k) -> (...)."""
    of_means = values.mean(axis=-1).var(axis=-1, ddof=1)
    # The groups' means spread by chance too; less than that is no spread between groups.
    return np.asarray(np.sqrt(np.maximum(of_means - within_groups(values) ** 2 / values.shape[-1], 0)))


def within_groups(values: Array) -> Array:
    """Standard deviation within a group, (..., n, k) -> (...)."""
    return np.asarray(np.sqrt(values.var(axis=-1, ddof=1).mean(axis=-1)))


def spread(values: ArrayLike, *, confidence: float = CONFIDENCE, seed: int = 0) -> Spread:
    """Both standard deviations with bootstrap intervals over groups.

    Args:
        values: k values of each of n groups, in each of any number of strata, shape (..., n, k), n and k at least 2,
            finite. Strata share their groups (the same starts on several landscapes), and their mean is taken.
        confidence: of the intervals.
        seed: of the bootstrap.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < 2 or min(array.shape[-2:]) < 2 or not np.isfinite(array).all():
        raise ValueError(f"spreads need finite values of at least two groups of two, not shape {array.shape}")
    strata = array.reshape(-1, *array.shape[-2:])
    drawn = strata[:, resamples(strata.shape[1], seed=seed)]
    found = []
    for part in (between_groups, within_groups):
        low, high = percentile_interval(part(drawn).mean(axis=0), confidence)
        found.append(Estimate(float(part(strata).mean()), float(low), float(high)))
    return Spread(*found)
