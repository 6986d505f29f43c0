"""Runs towards a target: who reached it, when, and at what cost.

A run that failed says only "not within the budget". Dropping such runs flatters a method, and so does putting their
budget in the place of a time.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from src.statistics.intervals import Array, Estimate, wilson


class Attempts(NamedTuple):
    """n runs towards one target, in steps or evaluations."""

    time: Array  # (n,) when the target was reached, or the budget within which it was not
    reached: NDArray[np.bool_]  # (n,)
    spent: Array  # (n,) what the run cost: its time, or what a run that failed used up
    budget: Array  # (n,) what the run was allowed


def attempts(time: ArrayLike, budget: ArrayLike, spent: ArrayLike | None = None) -> Attempts:
    """Runs from their times to the target.

    Args:
        time: shape (n,), not negative; NaN or inf for a run that did not reach the target.
        budget: what each run was allowed, a number or shape (n,), finite. A run that failed before its budget's
            end (diverged, or came to rest elsewhere) would not have reached the target later: it counts as
            not reached within the whole budget, since censoring it at its end would count it as promising.
        spent: what each run used up, shape (n,); read only for runs that failed. None for the whole budget.

    Returns:
        The attempts.
    """
    when = np.asarray(time, dtype=np.float64)
    if when.ndim != 1 or (when < 0).any():
        raise ValueError("times to a target are one list of numbers, none negative")
    allowed = np.broadcast_to(np.asarray(budget, dtype=np.float64), when.shape)
    used = allowed if spent is None else np.broadcast_to(np.asarray(spent, dtype=np.float64), when.shape)
    reached = np.isfinite(when)
    if not np.isfinite(allowed).all() or (when[reached] > allowed[reached]).any():
        raise ValueError("a budget is finite, and no target is reached after it")
    if not np.isfinite(used[~reached]).all():
        raise ValueError("spent is finite for every run that failed")
    return Attempts(np.where(reached, when, allowed), reached, np.where(reached, when, used), allowed)


def success_rate(runs: Attempts, *, confidence: float | None = None) -> Estimate:
    """Share of runs that reached the target, with Wilson's interval."""
    n = runs.reached.size
    return wilson(float(runs.reached.mean()) if n else np.nan, n, confidence=confidence)
