"""Which of two methods wins, run against run: reaching the target comes first, then the time to it, then the value.

Generalized pairwise comparisons of ordered outcomes (Finkelstein & Schoenfeld 1999, Statistics in Medicine 18(11);
Buyse 2010, ibid. 29(30)), by pairs where runs share a seed (Pocock et al. 2012, European Heart Journal 33(2)).
"""

from collections.abc import Callable
from math import comb
from typing import NamedTuple

import numpy as np

from src.statistics.effects import sign_test
from src.statistics.intervals import Array

LEVEL = 0.05  # chance of any false difference among the methods of one family


class Outcomes(NamedTuple):
    """How n runs of a method ended; position i of two methods shares one seed.

    Attributes:
        time: shape (n,), when the target was reached; inf where the run did not reach it, or has none.
        value: shape (n,), what the run ended with, lower is better; inf where the run diverged.
    """

    time: Array
    value: Array


def directions(first: Outcomes, second: Outcomes, tolerance: float = 0.0) -> Array:
    """Each run of ``first`` against its counterpart in ``second``: 1 it wins, -1 it loses, 0 a tie; shape (n,).

    Of two runs that reached the target the earlier wins, and one that reached it wins against one that did not. Where
    neither did, the lower value wins, by more than ``tolerance``. Arrays are broadcast: (n, 1) and (m,) give (n, m).
    """
    with np.errstate(invalid="ignore"):
        gaps = np.where(first.value == second.value, 0.0, second.value - first.value)
        earlier = np.where(first.time == second.time, 0.0, second.time - first.time)
    neither = np.isinf(first.time) & np.isinf(second.time)
    return np.asarray(np.sign(np.where(neither, np.where(np.abs(gaps) <= tolerance, 0.0, gaps), earlier)))


def points(first: Outcomes, second: Outcomes, tolerance: float = 0.0) -> Array:
    """Pair by pair, both (n,) -> (n,): 1 where the run of ``first`` wins, 0.5 for a tie, 0 where it loses."""
    return np.asarray(0.5 + directions(first, second, tolerance) / 2)


def sign_test_of_wins(first: Outcomes, second: Outcomes, tolerance: float = 0.0) -> float:
    """Two-sided exact p-value of "a pair goes either way with equal chance"; ties are left out, 1 if all tie."""
    return sign_test(points(second, first, tolerance), points(first, second, tolerance))


def two_sample_test(first: Outcomes, second: Outcomes, tolerance: float = 0.0) -> float:
    """Two-sided exact p-value of "the runs of both methods are drawn alike", not by pairs.

    Each run has its wins less its losses against all others; the p-value is the share of the splits of all runs into
    two halves whose sum of these lies as far from 0 as the methods' own. It can tell with fewer runs than the sign
    test. Runs that share a seed are alike, so that it errs on the side of no difference.
    """
    n = len(first.time)
    pooled = Outcomes(np.append(first.time, second.time), np.append(first.value, second.value))
    each = Outcomes(pooled.time[:, None], pooled.value[:, None])
    scores = directions(each, pooled, tolerance).sum(axis=1).astype(np.int64)
    own = int(scores[:n].sum())
    shift = int(-scores.min())  # sums of n shifted scores are the places of a list
    most = int(np.sort(scores + shift)[-n:].sum())
    splits = np.zeros((n + 1, most + 1))  # number of ways to choose k runs with a shifted sum of s
    splits[0, 0] = 1.0
    for score in scores + shift:
        splits[1:, score:] += splits[:-1, : most + 1 - score]
    sums = np.arange(most + 1) - n * shift
    return float(splits[n, np.abs(sums) >= abs(own)].sum() / splits[n].sum())


class Test(NamedTuple):
    """A test of two methods, and the least p-value that it can give with n runs of each."""

    name: str
    p_value: Callable[[Outcomes, Outcomes, float], float]
    least: Callable[[int], float]


TESTS = (
    Test("sign test by pairs of seeds", sign_test_of_wins, lambda n: 2.0 ** (1 - n)),
    Test("two-sample permutation test", two_sample_test, lambda n: 2 / comb(2 * n, n)),
)


def able_test(n: int, comparisons: int, level: float = LEVEL) -> Test | None:
    """The first of TESTS that n runs of each method can carry below ``level`` among ``comparisons``, or None."""
    return next((test for test in TESTS if test.least(n) * comparisons < level), None)


def fewest_runs(comparisons: int, level: float = LEVEL) -> int:
    """The fewest runs of each method with which a test can tell two of them apart among ``comparisons``."""
    n = 1
    while able_test(n, comparisons, level) is None:
        n += 1
    return n
