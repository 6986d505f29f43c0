"""Means over strata (problems, say) that were each sampled by themselves: the bootstrap within strata.

Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 8.4: each stratum is resampled on its own.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import (
    CONFIDENCE,
    RESAMPLES,
    UNKNOWN,
    Estimate,
    bootstrap,
    mean,
    percentile_interval,
    resamples,
    sample,
)


def stratified_mean(
    strata: Sequence[ArrayLike], *, confidence: float = CONFIDENCE, count: int = RESAMPLES
) -> Estimate:
    """Mean of the strata's means, each stratum counting alike, with its bootstrap interval.

    Args:
        strata: samples of finite values, each of shape (n,) with its own n; NaN ends where any n is below 2.
        confidence: of the interval.
        count: resamples of each stratum; stratum i is resampled by seed i.
    """
    values = [sample(one) for one in strata]
    if not values or any(one.size == 0 for one in values):
        return UNKNOWN
    if len(values) == 1:
        return bootstrap(values[0], mean, confidence=confidence, count=count)
    centre = float(np.mean([one.mean() for one in values]))
    if any(one.size < 2 for one in values):
        return Estimate(centre, np.nan, np.nan)
    drawn = [one[resamples(one.size, count, seed)].mean(axis=1) for seed, one in enumerate(values)]
    low, high = percentile_interval(np.mean(drawn, axis=0), confidence)
    return Estimate(centre, float(low), float(high))
