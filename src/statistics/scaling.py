"""Laws of scale in the batch size: the exponent of a power law, and steps against batch size with a bend.

The bend: ``S(B) = S_min (1 + B_crit / B)`` (McCandlish et al. 2018, arXiv:1812.06162, eq. 2.7 and 2.11). Far below
the critical batch size B_crit twice the batch halves the steps (perfect scaling), far above it saves none.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import (
    UNKNOWN,
    Array,
    Estimate,
    as_sample,
    bootstrap,
    mean,
    median,
    percentile_interval,
    resamples,
)

_REACH = 1e3  # how far beyond the smallest and largest batch a critical one is looked for
_CANDIDATES = 721


class BatchScaling(NamedTuple):
    """The fitted law, each of shape (...); NaN where fewer than three batch sizes have a number of steps."""

    least_steps: Array  # S_min, steps that no batch size goes below
    critical: Array  # B_crit, in samples
    misfit: Array  # root mean square of the residuals, in decades


class ScalingEstimates(NamedTuple):
    """The fit to the medians over seeds, with bootstrap intervals over seeds."""

    least_steps: Estimate
    critical: Estimate
    misfit: float


def slopes(x: ArrayLike, y: ArrayLike) -> Array:
    """Least-squares slope of each row of ``y`` (..., n) over ``x`` (n,), leaving out values that are not finite.

    NaN where fewer than two values are left.
    """
    at, values = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    known = np.isfinite(values)
    count = known.sum(-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.where(known, at - np.where(known, at, 0).sum(-1, keepdims=True) / count, 0)
        slope = (away * np.where(known, values, 0)).sum(-1) / np.square(away).sum(-1)
    return np.where(count[..., 0] < 2, np.nan, slope)


def power_law(x: ArrayLike, y: ArrayLike, *, confidence: float | None = None) -> Estimate:
    """Exponent of ``y ~ x^exponent``: mean over the rows of ``y`` (S, n), with Student's interval over them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        each = slopes(np.log(np.asarray(x, dtype=np.float64)), np.log(np.asarray(y, dtype=np.float64)))
    found = each[np.isfinite(each)]
    return bootstrap(found, mean, confidence=confidence) if found.size else UNKNOWN


def fit_batch_scaling(batch: ArrayLike, steps: ArrayLike) -> BatchScaling:
    """Fit ``S(B) = S_min (1 + B_crit / B)`` by least squares of logarithms.

    For a given B_crit the best S_min is a mean, so that B_crit is looked for along a line, with no starting point to
    choose and none to get stuck at.

    Args:
        batch: batch sizes, shape (n,), above 0.
        steps: steps to the target, shape (..., n), above 0; those that are not finite are left out.

    Returns:
        Arrays of shape (...).
    """
    sizes, values = np.asarray(batch, dtype=np.float64), np.asarray(steps, dtype=np.float64)
    known = np.isfinite(values) & (values > 0)
    logs = np.log10(np.where(known, values, 1.0))
    candidates = np.geomspace(sizes.min() / _REACH, sizes.max() * _REACH, _CANDIDATES)
    count = known.sum(-1)
    best = np.full(count.shape, np.inf)
    critical, least = np.full(count.shape, np.nan), np.full(count.shape, np.nan)
    enough = count >= 3
    for candidate in candidates:
        rest = np.where(known, logs - np.log10(1 + candidate / sizes), 0)
        level = rest.sum(-1) / np.maximum(count, 1)
        error = (np.where(known, rest - level[..., None], 0) ** 2).sum(-1)
        better = enough & (error < best)
        best = np.where(better, error, best)
        critical, least = np.where(better, candidate, critical), np.where(better, level, least)
    misfit = np.sqrt(np.where(enough, best, np.nan) / np.maximum(count, 1))
    return BatchScaling(10.0**least, critical, misfit)


def batch_scaling(batch: ArrayLike, steps: ArrayLike, *, confidence: float | None = None) -> ScalingEstimates:
    """``fit_batch_scaling`` of the medians over seeds.

    Args:
        batch: batch sizes, shape (n,).
        steps: steps to the target, shape (S, n), inf where it was not reached; row s is one seed.
        confidence: of the intervals, which resample seeds (whole rows).
    """
    times = as_sample(steps)
    fit = fit_batch_scaling(batch, median(times.T))
    if len(times) < 2 or np.isnan(fit.critical):
        return ScalingEstimates(UNKNOWN, UNKNOWN, float(fit.misfit))
    drawn = resamples(len(times))
    spread = fit_batch_scaling(batch, np.stack([median(column[drawn]) for column in times.T], axis=-1))
    ends = [percentile_interval(each, confidence) for each in (spread.least_steps, spread.critical)]
    least, critical = (
        Estimate(float(value), float(low), float(high))
        for value, (low, high) in zip((fit.least_steps, fit.critical), ends, strict=True)
    )
    return ScalingEstimates(least, critical, float(fit.misfit))


def ratio_of_means(above: ArrayLike, below: ArrayLike, *, confidence: float | None = None) -> Estimate:
    """``mean(above) / mean(below)`` over seeds, both (S,) and below positive on average, with a bootstrap interval.

    Averaged first and divided then: the mean of ratios is biased where the divisor is noisy.
    """
    first, second = as_sample(above), as_sample(below)
    value = float(first.mean() / second.mean())
    if len(first) < 2:
        return Estimate(value, np.nan, np.nan)
    drawn = resamples(len(first))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = first[drawn].mean(-1) / second[drawn].mean(-1)
    low, high = percentile_interval(spread, confidence)
    return Estimate(value, float(low), float(high))


def decades_between(a: Estimate, b: Estimate) -> Estimate:
    """``log10(a / b)`` of two independent estimates, none negative, with its interval.

    Zou & Donner 2008, Statistics in Medicine 27(10), eq. 3: each end is as far away as the two distances that lead
    there, added in quadrature. Where one of the two is infinite or 0, the ends are those of the ratio at the ends of
    both. NaN where an estimate or an end is unknown, or negative, or where both are infinite or 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = np.log10(np.asarray(a, dtype=np.float64)), np.log10(np.asarray(b, dtype=np.float64))
        gap = first[0] - second[0]
        if np.isfinite(gap):
            low = gap - np.hypot(first[0] - first[1], second[2] - second[0])
            high = gap + np.hypot(first[2] - first[0], second[0] - second[1])
        elif np.isnan(gap):
            return UNKNOWN
        else:
            low, high = first[1] - second[2], first[2] - second[1]
    return Estimate(float(gap), float(low), float(high))


def distance_from(estimate: Estimate, value: float) -> Estimate:
    """``|estimate - value|`` with its interval: how far from ``value`` the truth may be, and how near."""
    ends = np.abs(np.array(estimate) - value)
    holds = estimate.low <= value <= estimate.high
    known = not np.isnan(ends[1:]).any()
    return Estimate(
        float(ends[0]),
        0.0 if holds else float(ends[1:].min()) if known else np.nan,
        float(ends[1:].max()) if known else np.nan,
    )
