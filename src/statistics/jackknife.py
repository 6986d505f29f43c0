"""Intervals of statistics of few groups by leaving out one at a time (Tukey 1958; Miller 1974, Biometrika 61(1))."""

from collections.abc import Callable, Sequence

import numpy as np

from src.statistics.intervals import Array, student_quantile


def jackknife_interval(
    statistic: Callable[[Sequence[Array]], float], samples: Sequence[Array], *, confidence: float | None = None
) -> tuple[float, float]:
    """Ends of the interval of ``statistic``, Student's t over the pseudo-values.

    Args:
        statistic: of the samples; smooth, such as a standard deviation or its logarithm, and no median.
        samples: arrays that share n groups on the axis before the last, (..., n, k); n at least 2.
        confidence: of the interval.
    """
    n = samples[0].shape[-2]
    whole = statistic(samples)
    without = [statistic([np.delete(each, group, axis=-2) for each in samples]) for group in range(n)]
    pseudo = n * whole - (n - 1) * np.array(without)
    half = student_quantile(n - 1, confidence) * pseudo.std(ddof=1) / np.sqrt(n)
    return float(pseudo.mean() - half), float(pseudo.mean() + half)
