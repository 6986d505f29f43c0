"""How far measurements lie from a theory over several settings, in such a way that errors do not cancel."""

import numpy as np

from src.statistics.intervals import Array, Estimate, percentile_interval, resamples


def departure(ratios: Array, *, of_means: bool = False, confidence: float | None = None) -> Estimate:
    """Root mean square over the settings of the logarithm of measured over expected, its noise taken off.

    A theory that is wrong by a factor of two now one way, now the other, departs by that factor; the mean of signed
    errors would be zero. What the spread of the seeds adds to the mean square by chance is subtracted.

    Args:
        ratios: measured over expected, shape (S, K): S seeds, at least 2, by K settings; finite and above 0.
        of_means: whether the theory is of the mean over the seeds, and not of the mean logarithm.
        confidence: of the interval, over resampled seeds.

    Returns:
        The departure in natural logarithms.
    """
    statistic = _of_means if of_means else _of_logs
    low, high = percentile_interval(statistic(ratios[resamples(len(ratios))]), confidence)
    return Estimate(float(statistic(ratios)), float(low), float(high))


def _of_logs(ratios: Array) -> Array:
    logs = np.log(ratios)
    return _root(logs.mean(axis=-2), logs.var(axis=-2, ddof=1) / logs.shape[-2])


def _of_means(ratios: Array) -> Array:
    means = ratios.mean(axis=-2)
    return _root(np.log(means), ratios.var(axis=-2, ddof=1) / ratios.shape[-2] / means**2)


def _root(errors: Array, variances: Array) -> Array:
    """(..., K) -> (...); the variances are those of the errors' own noise."""
    return np.asarray(np.sqrt(np.maximum((errors**2 - variances).mean(axis=-1), 0)))
