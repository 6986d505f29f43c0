"""How long the (1+1) evolutionary algorithm takes when each of n bits is flipped with probability p: exact theory."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import binom

from src.statistics.intervals import Array


def leading_ones_time(count: int, rate: float) -> float:
    """Expected evaluations on LeadingOnes from a random string, the first one included.

    Boettcher, Doerr and Neumann 2010 (PPSN XI), theorem 3: ((1 - p)^(1 - n) - (1 - p)) / (2 p^2) steps.
    """
    return 1 + ((1 - rate) ** (1 - count) - (1 - rate)) / (2 * rate**2)


def one_max_time(count: int, rate: float) -> float:
    """Expected evaluations on OneMax from a random string, the first one included.

    From k zeros the child has k - a + b: a of them are set, and b of the ones lost. The expectation follows from the
    Markov chain over k, state by state from 0 on, as steps that raise k are rejected.
    """
    times: Array = np.zeros(count + 1)
    for zeros in range(1, count + 1):
        gained = binom.pmf(np.arange(zeros + 1), zeros, rate)
        lost = binom.pmf(np.arange(count - zeros + 1), count - zeros, rate)
        # by k - a + b: reversed, gains are losses
        child = np.convolve(gained[::-1], lost)
        times[zeros] = (1 + child[:zeros] @ times[:zeros]) / child[:zeros].sum()
    start = binom.pmf(np.arange(count + 1), count, 0.5)
    return float(1 + start @ times)


EXACT = {"onemax": one_max_time, "leading_ones": leading_ones_time}


def best_flips(problem: str, count: int) -> float:
    """The expected number of flipped bits, c in a rate of c / n, that takes the shortest time on ``problem``."""
    found = minimize_scalar(
        lambda flips: EXACT[problem](count, flips / count),
        bounds=(0.1, 6.0),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(found.x)


def fitted_optimum(flips: Array, times: Array) -> Array:
    """Where a parabola through log times over log flips is lowest: (..., L) and (L,) -> (...).

    It is fitted to the five levels around the lowest time, as a parabola is a good picture near a minimum only.
    """
    x = np.log(flips)
    y = np.log(np.atleast_2d(times))
    centre = np.clip(y.argmin(axis=-1), 2, len(flips) - 3)
    found = np.empty(len(y))
    for row, at in enumerate(centre):
        near = slice(at - 2, at + 3)
        square, slope, _ = np.polyfit(x[near], y[row, near], 2)
        found[row] = np.exp(-slope / (2 * square)) if square > 0 else flips[y[row].argmin()]
    return found.reshape(np.shape(times)[:-1])
