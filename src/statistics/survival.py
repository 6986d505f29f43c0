"""Times to a target as right-censored data: curves and medians (Kaplan & Meier 1958)."""

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from src.statistics.intervals import UNKNOWN, Array, Estimate, confidence_level
from src.statistics.runtimes import Attempts

if TYPE_CHECKING:
    from scipy.stats import CensoredData

ROUNDING = 1e-9  # far above the error of a product of a thousand fractions, far below one run in a million


class Survival(NamedTuple):
    """A step curve, constant from each time to the next: the share of runs that have not reached the target."""

    time: Array  # (T,), not falling, the first is 0
    survival: Array  # (T,), falling from 1
    low: Array  # (T,); NaN where the survival is 0 or 1, at which the interval has no formula
    high: Array  # (T,)


def _censored(runs: Attempts) -> "CensoredData":
    from scipy import stats  # noqa: PLC0415 (the import takes as long as a small study)

    return stats.CensoredData(uncensored=runs.time[runs.reached], right=runs.time[~runs.reached])


def kaplan_meier(runs: Attempts, *, confidence: float | None = None) -> Survival:
    """Kaplan & Meier's curve (1958) with Greenwood's interval on the log-log scale; n at least 1."""
    from scipy import stats  # noqa: PLC0415 (as above)

    estimated = stats.ecdf(_censored(runs)).sf
    with warnings.catch_warnings():  # that the interval has no formula at 0 and 1 is said in Survival
        warnings.simplefilter("ignore", RuntimeWarning)
        interval: Any = estimated.confidence_interval(confidence_level(confidence), method="log-log")
    return Survival(
        np.insert(estimated.quantiles, 0, 0.0),
        np.insert(estimated.probabilities, 0, 1.0),
        np.insert(interval.low.probabilities, 0, np.nan),
        np.insert(interval.high.probabilities, 0, np.nan),
    )


def median_time(runs: Attempts, *, confidence: float | None = None) -> Estimate:
    """First time by which half of the runs have reached the target; inf where half never did.

    The interval holds the times at which the curve's interval holds one half (Brookmeyer & Crowley 1982,
    Biometrics 38(1)); where the curve is 0 or 1 it stands for its own interval.
    """
    if runs.reached.size == 0:
        return UNKNOWN
    curve = kaplan_meier(runs, confidence=confidence)

    def first(share: Array) -> float:
        # Half of 24 runs leave a product of fractions that may end a rounding error above one half.
        fallen = np.flatnonzero(np.where(np.isnan(share), curve.survival, share) <= 0.5 + ROUNDING)
        return float(curve.time[fallen[0]]) if fallen.size else np.inf

    value = first(curve.survival)
    if runs.reached.size == 1:
        return Estimate(value, np.nan, np.nan)
    return Estimate(value, first(curve.low), first(curve.high))
