"""The rate at which a sequence vanishes in the end: ``y_t ~ t^power rate^t``."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import Array


class Decay(NamedTuple):
    """Fitted decays, each of shape (...); NaN where a sequence is not finite and above 0 throughout the tail.

    Attributes:
        rate: factor per step in the end; below 1 where the sequence vanishes.
        power: of the transient ``t^power``: 0 for a simple root of a linear recurrence, 1 for a double one.
    """

    rate: Array
    power: Array


def fit_decay(values: ArrayLike, tail: float = 0.5) -> Decay:
    """Least squares of ``log y_t = c + t log(rate) + power log(t)`` over the tail.

    The power is fitted rather than given: heavy ball at its best has a double root, and a fit without the power would
    put the transient's slope into the rate. What is fitted is the envelope: a pair of complex roots makes the
    sequence dip again and again, and a dip within the tail would pass for a slope.

    Args:
        values: shape (T + 1, ...), at steps 0 … T.
        tail: share of the steps that is fitted, the last ones; above 0, below 1.

    Returns:
        The decays; NaN where the tail has fewer than six steps.
    """
    array = np.asarray(values, dtype=np.float64)
    last = len(array) - 1
    first = max(1, last - int(tail * last))
    step = np.arange(first, last + 1, dtype=np.float64)
    shape = array.shape[1:]
    if len(step) < 6:
        return Decay(np.full(shape, np.nan), np.full(shape, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(_envelope(array[first:])).reshape(len(step), -1)
    sound = np.isfinite(logs).all(axis=0)
    design = np.stack([np.ones_like(step), step / last, np.log(step / last)], axis=1)
    found, *_ = np.linalg.lstsq(design, np.where(sound, logs, 0.0), rcond=None)
    rate, power = np.exp(found[1] / last), found[2]
    return Decay(np.where(sound, rate, np.nan).reshape(shape), np.where(sound, power, np.nan).reshape(shape))


def _envelope(values: Array) -> Array:
    """The largest value from each step on, where a sequence falls, or up to it, where it rises; shape as given."""
    ahead = np.maximum.accumulate(values[::-1], axis=0)[::-1]
    return np.where(values[-1] > values[0], np.maximum.accumulate(values, axis=0), ahead)
