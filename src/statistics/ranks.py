"""Methods compared over many problems whose values have no common scale: ranks and performance profiles."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from src.statistics.intervals import Array, as_sample

_BLOCK, _BLOCKS = 1000, 20  # permutations at once, and how often
_ROUNDING = 1e-9  # far above the error of a mean of ranks


class Profile(NamedTuple):
    """A performance profile: ``solved[t, m]`` of the problems cost method m at most ``tau[t]`` times the least."""

    tau: Array  # (T,), rising, the first is 1
    solved: Array  # (T, M), shares in [0, 1], each column rising


def _costs(cost: ArrayLike) -> Array:
    """``cost`` as a (problems, methods) matrix, neither axis empty."""
    matrix = as_sample(cost)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"costs are a matrix of problems by methods, not shape {matrix.shape}")
    return matrix


def ranks(cost: ArrayLike) -> Array:
    """Rank of each method within each problem, (P, M) -> (P, M): 1 is the lowest cost, ties share their mean rank.

    Failures (inf) share the last ranks.
    """
    return pd.DataFrame(_costs(cost)).rank(axis=1).to_numpy(dtype=np.float64)


def mean_ranks(cost: ArrayLike) -> Array:
    """Mean rank of each method over the problems, (P, M) -> (M,), as in Friedman's test (Demsar 2006, JMLR 7)."""
    return np.asarray(ranks(cost).mean(axis=0))


def friedman_test(cost: ArrayLike) -> float:
    """p-value of "all methods rank alike over the problems", (P, M); NaN for a single method or problem.

    The share of all ways to deal out each problem's ranks anew that spread the mean ranks as much (Friedman 1937,
    JASA 32(200)), counted on 20 000 random ones: the chi-squared law that is common fits many problems only.
    """
    ranked = ranks(cost)
    if 1 in ranked.shape:
        return float("nan")

    def spread(each: Array) -> Array:
        return np.asarray(each.mean(axis=-2).var(axis=-1))

    pick, least = np.random.default_rng(0), spread(ranked) - _ROUNDING
    block = np.broadcast_to(ranked, (_BLOCK, *ranked.shape))  # not all at once: that may be gigabytes
    as_uneven = sum(int((spread(pick.permuted(block, axis=-1)) >= least).sum()) for _ in range(_BLOCKS))
    return (1 + as_uneven) / (1 + _BLOCK * _BLOCKS)


def critical_difference(problems: int, methods: int, level: float = 0.05) -> float:
    """How far apart two mean ranks lie before they differ at ``level``, in ranks (Nemenyi 1963; Demsar 2006, JMLR 7).

    NaN for a single method.
    """
    if methods < 2:
        return float("nan")
    from scipy import stats  # noqa: PLC0415 (the import takes as long as a small study)

    range_ = float(stats.studentized_range.isf(level, methods, np.inf))
    return range_ * float(np.sqrt(methods * (methods + 1) / (12 * problems)))


def performance_profile(cost: ArrayLike, tau: ArrayLike | None = None) -> Profile:
    """Performance profile (Dolan & More 2002, Mathematical Programming 91, section 2).

    Args:
        cost: what each method spent on each problem, shape (P, M), above 0; inf where it failed.
        tau: factors of the least cost at which to read the profile, shape (T,), at least 1; None for all at which
            it changes.

    Returns:
        The profile. A problem that no method solved counts against all of them.
    """
    matrix = _costs(cost)
    if not (matrix > 0).all():
        raise ValueError("a performance profile needs costs above 0")
    best = matrix.min(axis=1, keepdims=True)
    # A problem that nobody solved has an infinite best, and inf / inf would be NaN.
    ratio = np.divide(matrix, best, out=np.full_like(matrix, np.inf), where=np.isfinite(best))
    factors = np.unique(np.append(ratio[np.isfinite(ratio)], 1.0)) if tau is None else np.unique(as_sample(tau))
    if (factors < 1).any():
        raise ValueError("no cost is below the least: tau must be at least 1")
    return Profile(factors, (ratio[None] <= factors[:, None, None]).mean(axis=1))
