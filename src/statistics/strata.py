"""Means over strata (problems, say) that share their seeds, so that their errors do not cancel."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import UNKNOWN, Estimate, as_sample, bootstrap, mean


def stratified_mean(
    strata: Sequence[ArrayLike], *, confidence: float | None = None, count: int | None = None
) -> Estimate:
    """Mean of the strata's means, each stratum counting alike, with the interval of ``bootstrap`` over seeds.

    A seed is one draw for all strata: the interval is that of the seeds' means over the strata. Strata of several
    lengths cannot be paired; their interval is the mean of the strata's own intervals, which is wide enough for any
    dependence between them.

    Args:
        strata: samples of finite values, each of shape (n,); position i of all samples of one length is one seed.
            NaN ends where any n is below 2.
        confidence: of the interval.
        count: resamples of the seeds; None for what ``confidence`` needs.
    """
    values = [as_sample(one) for one in strata]
    if not values or any(one.size == 0 for one in values):
        return UNKNOWN
    if len({one.size for one in values}) == 1:
        return bootstrap(np.mean(values, axis=0), mean, confidence=confidence, count=count)
    return Estimate(*np.mean([bootstrap(one, mean, confidence=confidence, count=count) for one in values], axis=0))
