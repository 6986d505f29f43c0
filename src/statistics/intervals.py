"""Bootstrap intervals (Efron 1979, Annals of Statistics 7(1)), Student's t (1908) and Wilson's interval (1927).

The percentile bootstrap is used because it only sorts: a diverged replicate is +inf, the worst value, and order
statistics go on working. BCa divides by jackknife spreads, which are NaN for infinities and zero for ties.
``scipy.stats.bootstrap`` also takes the resamples' standard deviation (NaN and a warning for infinities), refuses
a sample of one, and draws its resamples anew at each call; here they are drawn once for each sample size, with the
same draws as scipy's for the same seed.

A nominal 95 % interval of a median covers about 94 % of the time at n = 6 to 30, and far less below
``minimum_sample_size()``.

Means have Student's t instead: the percentile bootstrap covers a normal mean 83 % of the time at n = 5 and 90 % at
10, since it knows neither n / (n - 1) nor that the standard deviation is estimated. On strongly skewed data
(log-normal of standard deviation 1) Student's t covers about 85 % at n = 10: take such means on a log scale.

Functions whose ``confidence`` is None use ``confidence_level()``: 95 %, or what ``at_confidence`` sets for a block.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Array = NDArray[np.float64]
Statistic = Callable[[Array], Any]  # (..., n) -> (...), over the last axis

CONFIDENCE = 0.95
RESAMPLES = 2000
FEWEST_OUTSIDE = 12  # resamples beyond each end of an interval: with fewer an end is hardly more than the extreme one

_LEVEL: ContextVar[float] = ContextVar("confidence level", default=CONFIDENCE)


class Estimate(NamedTuple):
    """A number and its interval, in the number's own unit; NaN where it cannot be known."""

    value: float
    low: float
    high: float


UNKNOWN = Estimate(np.nan, np.nan, np.nan)


def as_sample(values: ArrayLike) -> Array:
    """``values`` as float64; infinities are welcome, NaN is refused because it has no place in an order."""
    array = np.asarray(values, dtype=np.float64)
    if np.isnan(array).any():
        raise ValueError("a sample holds NaN: give diverged replicates as inf, and leave missing ones out")
    return array


def confidence_level(confidence: float | None = None) -> float:
    """``confidence``, or where that is None the level at hand: CONFIDENCE unless ``at_confidence`` has set another.

    Raises ValueError unless it is a share, neither none nor all.
    """
    level = _LEVEL.get() if confidence is None else confidence
    if not 0 < level < 1:
        raise ValueError(f"confidence = {level!r}: must be above 0 and below 1")
    return level


@contextmanager
def at_confidence(level: float) -> Iterator[None]:
    """Within the block, intervals of functions that are given no ``confidence`` are at ``level``."""
    token = _LEVEL.set(confidence_level(level))
    try:
        yield
    finally:
        _LEVEL.reset(token)


def resample_count(least: int = RESAMPLES, confidence: float | None = None) -> int:
    """Resamples that an interval at ``confidence`` needs: FEWEST_OUTSIDE beyond each end, and at least ``least``."""
    return max(least, math.ceil(2 * FEWEST_OUTSIDE / (1 - confidence_level(confidence))) + 1)


def median(values: Array) -> Array:
    """Median over the last axis, (..., n) -> (...); n at least 1, infinities allowed.

    Half-way between -inf and +inf is taken as 0: for the differences in which both occur, neither side leads.
    """
    ordered = np.sort(values, axis=-1)
    n = ordered.shape[-1]
    with np.errstate(invalid="ignore"):
        middle = ordered[..., (n - 1) // 2] / 2 + ordered[..., n // 2] / 2
    return np.where(np.isnan(middle), 0.0, middle)


def mean(values: Array) -> Array:
    """Mean over the last axis, (..., n) -> (...); its intervals are Student's t."""
    return np.asarray(values.mean(axis=-1))


def resamples(n: int, count: int | None = None, seed: int = 0) -> NDArray[np.int64]:
    """Bootstrap indices into a sample of ``n``, shape (count, n), read-only; the same for the same arguments.

    ``count`` is by default what an interval at the level at hand needs, ``resample_count()``.
    """
    return _drawn(n, resample_count() if count is None else count, seed)


@lru_cache(maxsize=16)
def _drawn(n: int, count: int, seed: int) -> NDArray[np.int64]:
    indices = np.random.default_rng(seed).integers(0, n, (count, n))
    indices.setflags(write=False)
    return indices


def percentile_interval(distribution: Array, confidence: float | None = None) -> tuple[Array, Array]:
    """Both ends of a bootstrap distribution's central ``confidence``, (..., B) -> two of (...).

    The ends are order statistics, rounded outwards, since half-way to infinity is no number. NaN where the
    distribution holds a NaN, and where it is too short for ``confidence``: the extreme resamples would be the ends.
    """
    ordered = np.sort(distribution, axis=-1)
    tail = int((1 - confidence_level(confidence)) / 2 * (ordered.shape[-1] - 1))
    unknown = np.isnan(ordered[..., -1]) | (tail < 1)
    low, high = ordered[..., tail], ordered[..., -1 - tail]
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def bootstrap_interval(
    values: ArrayLike,
    statistic: Statistic = median,
    *,
    confidence: float | None = None,
    count: int | None = None,
    seed: int = 0,
) -> tuple[Array, Array]:
    """Interval of ``statistic`` over the last axis, (..., n) -> two arrays (...); NaN for n below 2.

    The interval of a mean of finite values is Student's t, of all else the percentile bootstrap.

    Every leading index is resampled by the same draws, one after the other: all at once would be a large array,
    and slower. ``count`` resamples are by default what ``confidence`` needs.
    """
    array = as_sample(values)
    n = array.shape[-1]
    level = confidence_level(confidence)
    ends = np.full((2, int(np.prod(array.shape[:-1]))), np.nan)
    if n >= 2:
        indices = resamples(n, resample_count(confidence=level) if count is None else count, seed)
        for column, row in enumerate(array.reshape(-1, n)):
            if statistic is mean and np.isfinite(row).all():
                half = student_quantile(n - 1, level) * row.std(ddof=1) / np.sqrt(n)
                ends[:, column] = row.mean() - half, row.mean() + half
            else:
                ends[:, column] = percentile_interval(statistic(row[indices]), level)
    low, high = ends.reshape(2, *array.shape[:-1])
    return low, high


def bootstrap(
    values: ArrayLike,
    statistic: Statistic = median,
    *,
    confidence: float | None = None,
    count: int | None = None,
    seed: int = 0,
) -> Estimate:
    """``statistic`` of one sample (n,) with the interval of ``bootstrap_interval``; NaN throughout for n = 0."""
    array = as_sample(values)
    if array.ndim != 1:
        raise ValueError(f"a sample has one axis, not shape {array.shape}")
    if array.size == 0:
        return UNKNOWN
    low, high = bootstrap_interval(array, statistic, confidence=confidence, count=count, seed=seed)
    return Estimate(float(statistic(array)), float(low), float(high))


def student_quantile(degrees: int, confidence: float | None = None) -> float:
    """Half the width of a central interval of Student's t with so many ``degrees`` of freedom, in standard errors."""
    return float(special.stdtrit(degrees, (1 + confidence_level(confidence)) / 2))


def normal_quantile(confidence: float | None = None) -> float:
    """Half the width of a central interval of the normal law, in standard errors."""
    return float(special.ndtri((1 + confidence_level(confidence)) / 2))


def minimum_sample_size(confidence: float | None = None) -> int:
    """Smallest sample whose range covers the median with ``confidence``: 1 - 2^(1-n) is reached (6 for 95 %).

    An interval of a median from fewer values, whatever its method, promises more than it keeps.
    """
    return int(np.ceil(1 - np.log2(1 - confidence_level(confidence))))


def wilson(mean: float, n: int, *, confidence: float | None = None) -> Estimate:
    """Wilson's score interval for the mean of ``n`` values in [0, 1].

    Unlike the bootstrap it has a width when all values agree: 30 of 30 gives [0.886, 1]. Values between 0 and 1
    (half a point for a tie) spread less than zeros and ones of the same mean, so for them it errs on the wide side.
    """
    if n == 0:
        return UNKNOWN
    if not 0 <= mean <= 1:
        raise ValueError(f"mean = {mean!r}: must be between 0 and 1")
    z2n = normal_quantile(confidence) ** 2 / n
    centre = (mean + z2n / 2) / (1 + z2n)
    half = np.sqrt(z2n * (mean * (1 - mean) + z2n / 4)) / (1 + z2n)
    # At 0 and 1 the end is exact; the formula gives it only to rounding.
    low, high = 0.0 if mean == 0 else float(centre - half), 1.0 if mean == 1 else float(centre + half)
    return Estimate(mean, low, high)
