"""Several comparisons in one study: the chance of any false finding is kept at the level of one."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from src.statistics.intervals import Array, as_sample, normal_quantile


def holm(p_values: ArrayLike) -> Array:
    """Holm's step-down adjusted p-values (Holm 1979, Scandinavian Journal of Statistics 6(2)), (m,) -> (m,).

    With the p-values in rising order, the i-th of m is ``max over j <= i of (m - j + 1) p_(j)``, at most 1.
    Rejecting those at or below alpha keeps the family-wise error at alpha under any dependence.
    """
    p = as_sample(p_values)
    if p.ndim != 1 or (p < 0).any() or (p > 1).any():
        raise ValueError("p-values are one list of numbers between 0 and 1")
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)))
    return adjusted


def benjamini_hochberg(p_values: ArrayLike) -> Array:
    """Adjusted p-values that hold the false discovery rate (Benjamini & Hochberg 1995, JRSS B 57(1)), (m,) -> (m,).

    With the p-values in rising order, the i-th of m is ``min over j >= i of m p_(j) / j``, at most 1. Of those at or
    below alpha, an expected share of at most alpha are true nulls, where the p-values are independent or positively
    dependent.
    """
    from scipy.stats import false_discovery_control  # noqa: PLC0415 (the import takes as long as a small study)

    p = as_sample(p_values)
    return np.asarray(false_discovery_control(p)) if p.size else p


def p_value_of_interval(
    estimate: float, low: float, high: float, null: float, *, confidence: float | None = None
) -> float:
    """Two-sided p-value of "the effect is ``null``" that belongs to an interval, by the normal law.

    The interval's half that faces ``null`` is taken as that many standard errors. Exact for normal estimates; for
    others it agrees with the interval at the interval's own level: p is below 1 - confidence where ``null`` lies
    outside. NaN where a number is unknown; 0 where the interval is a point other than ``null``.
    """
    if np.isnan([estimate, low, high, null]).any():
        return float("nan")
    half = estimate - low if null < estimate else high - estimate
    if not half > 0:
        return float(estimate == null)
    errors = abs(estimate - null) / half * normal_quantile(confidence)
    return float(2 * special.ndtr(-errors))
