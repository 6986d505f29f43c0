"""How much two methods differ, by pairs: position i of both samples shares one seed, hence start, noise and order.

An infinite value is a diverged replicate, worse than any finite one; two that diverged together are a tie.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from src.statistics.intervals import Array, Estimate, Statistic, as_sample, bootstrap, median, wilson

Better = Literal["lower", "higher"]

# Below this, values of order one are rounding errors, and a ratio of two of them says nothing about methods.
FLOOR = 1e-16


def differences(a: ArrayLike, b: ArrayLike) -> Array:
    """``a - b`` pair by pair, both (n,) -> (n,); equal values differ by 0 even where both are infinite."""
    first, second = as_sample(a), as_sample(b)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"pairs need two samples of one length, not shapes {first.shape} and {second.shape}")
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(first == second, 0.0, first - second)


def log_ratios(a: ArrayLike, b: ArrayLike, floor: float = FLOOR) -> Array:
    """``log10(a / b)`` pair by pair, both (n,) and not negative -> (n,) in decades.

    Values below ``floor`` (above 0) are raised to it: two runs that both solved a problem to rounding are a tie.
    """
    if not floor > 0:
        raise ValueError(f"floor = {floor!r}: must be above 0")
    first, second = as_sample(a), as_sample(b)
    if (first < 0).any() or (second < 0).any():
        raise ValueError(
            "a ratio needs values that are not negative: subtract the known minimum, or use a difference"
        )
    return differences(np.log10(np.maximum(first, floor)), np.log10(np.maximum(second, floor)))


def paired_difference(
    a: ArrayLike, b: ArrayLike, statistic: Statistic = median, *, confidence: float | None = None, seed: int = 0
) -> Estimate:
    """Median (or another statistic) of ``a - b`` over pairs, with a bootstrap interval over pairs.

    The median of the differences, which is not the difference of the medians.
    """
    return bootstrap(differences(a, b), statistic, confidence=confidence, seed=seed)


def paired_log_ratio(
    a: ArrayLike, b: ArrayLike, *, floor: float = FLOOR, confidence: float | None = None, seed: int = 0
) -> Estimate:
    """Median of ``log10(a / b)`` over pairs, in decades, with a bootstrap interval over pairs: -1 is a tenth."""
    return bootstrap(log_ratios(a, b, floor), confidence=confidence, seed=seed)


def probability_of_superiority(
    a: ArrayLike, b: ArrayLike, *, better: Better = "lower", confidence: float | None = None
) -> Estimate:
    """Share of pairs in which ``a`` is better than ``b``, ties counted half.

    Grissom & Kim 2005, Effect Sizes for Research, ch. 5. The interval is Wilson's, not the bootstrap's, which has no
    width when all pairs go one way.
    """
    if better not in ("lower", "higher"):
        raise ValueError(f"better = {better!r}: must be lower or higher")
    gaps = differences(a, b) * (-1 if better == "lower" else 1)
    points = np.where(gaps > 0, 1.0, np.where(gaps < 0, 0.0, 0.5))
    return wilson(float(points.mean()) if points.size else np.nan, points.size, confidence=confidence)


def sign_test(a: ArrayLike, b: ArrayLike) -> float:
    """Two-sided exact p-value of "a pair goes either way with equal chance"; ties are left out, 1 if all tie."""
    gaps = differences(a, b)
    wins, losses = int((gaps > 0).sum()), int((gaps < 0).sum())
    return min(1.0, 2 * float(special.bdtr(min(wins, losses), wins + losses, 0.5)))
