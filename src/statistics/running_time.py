"""Expected running time: what one success costs when every failed run is started anew.

Price 1997 (CEC) introduced it; Auger & Hansen 2005 (CEC, "Performance evaluation of an advanced local search
evolutionary algorithm") analysed it as success performance; Hansen et al. 2009 gave it the name ERT.
"""

import numpy as np

from src.statistics.intervals import UNKNOWN, Array, Estimate, bootstrap, mean
from src.statistics.runtimes import Attempts, success_rate
from src.statistics.scaling import decades_between


def expected_running_time(runs: Attempts, *, confidence: float | None = None) -> Estimate:
    """All that was spent, successes and failures alike, over the number of successes; inf without any.

    That is the mean time of a success and, for the (1 - p) / p failures before it, their mean cost. The interval puts
    together Student's intervals of both costs and Wilson's of the success rate p (Zou & Donner 2008, Statistics in
    Medicine 27(10), eq. 3). A bootstrap over runs would not: where failures are rare, most samples hold none.
    A failure costs the mean budget where there was none, and no run costs more than the largest budget. With no
    success the lower end supposes the highest p that Wilson's interval allows, and successes that cost nothing.
    """
    n = runs.reached.size
    if n == 0:
        return UNKNOWN
    p = success_rate(runs, confidence=confidence)
    failed = runs.spent[~runs.reached]
    if not runs.reached.any():
        return Estimate(np.inf, float(failed.mean()) * (1 - p.high) / p.high, np.inf)
    most = float(runs.budget.max())
    success = _cost(runs.spent[runs.reached], most, confidence)
    failure = _cost(failed, most, confidence) if failed.size else Estimate(*[float(runs.budget.mean())] * 3)
    lost = failure.value * (1 - p.value) / p.value
    value = success.value + lost
    if n == 1:
        return Estimate(value, np.nan, np.nan)
    low = value - np.hypot(success.value - success.low, lost - failure.low * (1 - p.high) / p.high)
    high = value + np.hypot(success.high - success.value, failure.high * (1 - p.low) / p.low - lost)
    return Estimate(value, max(float(low), 0.0), float(high))


def _cost(spent: Array, most: float, confidence: float | None) -> Estimate:
    """Mean with Student's interval, within what a run can cost, 0 to ``most``; one run tells no more than that."""
    found = bootstrap(spent, mean, confidence=confidence)
    return Estimate(found.value, float(np.fmax(found.low, 0.0)), float(np.fmin(found.high, most)))


def running_time_log_ratio(a: Attempts, b: Attempts, *, confidence: float | None = None) -> Estimate:
    """``log10(ERT_a / ERT_b)`` in decades, with the interval of two independent estimates.

    Infinite when one of the two never succeeded; unknown when neither did. Runs that share a seed are alike, so that
    the interval is on the wide side.
    """
    return decades_between(*(expected_running_time(each, confidence=confidence) for each in (a, b)))
