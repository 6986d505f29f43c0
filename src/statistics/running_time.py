"""Expected running time: what one success costs when every failed run is started anew.

Price 1997 (CEC) introduced it; Auger & Hansen 2005 (CEC, "Performance evaluation of an advanced local search
evolutionary algorithm") analysed it as success performance; Hansen et al. 2009 gave it the name ERT.
"""

import numpy as np

from src.statistics.intervals import CONFIDENCE, UNKNOWN, Array, Estimate, bootstrap, mean
from src.statistics.runtimes import Attempts, success_rate
from src.statistics.scaling import decades_between


def expected_running_time(runs: Attempts, *, confidence: float = CONFIDENCE) -> Estimate:
    """All that was spent, successes and failures alike, over the number of successes; inf without any.

    That is the mean time of a success and, for the (1 - p) / p failures before it, their mean cost. The interval puts
    together Student's intervals of both costs and Wilson's of the success rate p (Zou & Donner 2008, Statistics in
    Medicine 27(10), eq. 3). A bootstrap over runs would not: where failures are rare, most samples hold none.
    A failure costs the mean budget where there was none. The upper end is inf where a single run succeeded. With no
    success the lower end supposes the highest p that Wilson's interval allows, and successes that cost nothing.
    """
    n = runs.reached.size
    if n == 0:
        return UNKNOWN
    p = success_rate(runs, confidence=confidence)
    failed = runs.spent[~runs.reached]
    if not runs.reached.any():
        return Estimate(np.inf, float(failed.mean()) * (1 - p.high) / p.high, np.inf)
    success = _cost(runs.spent[runs.reached], confidence)
    failure = _cost(failed, confidence) if failed.size else Estimate(*[float(runs.budget.mean())] * 3)
    lost = failure.value * (1 - p.value) / p.value
    value = success.value + lost
    if n == 1:
        return Estimate(value, np.nan, np.nan)
    low = value - np.hypot(success.value - success.low, lost - failure.low * (1 - p.high) / p.high)
    high = value + np.hypot(success.high - success.value, failure.high * (1 - p.low) / p.low - lost)
    return Estimate(value, max(float(low), 0.0), float(high))


def _cost(spent: Array, confidence: float) -> Estimate:
    """Mean with Student's interval, which is not below 0; of a single run, from 0 to its own cost or without end."""
    found = bootstrap(spent, mean, confidence=confidence)
    if spent.size == 1:
        return Estimate(found.value, 0.0, np.inf)
    return Estimate(found.value, max(found.low, 0.0), found.high)


def running_time_log_ratio(a: Attempts, b: Attempts, *, confidence: float = CONFIDENCE) -> Estimate:
    """``log10(ERT_a / ERT_b)`` in decades, with the interval of two independent estimates.

    Infinite when one of the two never succeeded; unknown when neither did. Runs that share a seed are alike, so that
    the interval is on the wide side.
    """
    return decades_between(*(expected_running_time(each, confidence=confidence) for each in (a, b)))
