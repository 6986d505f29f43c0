"""Expected running time: what one success costs when every failed run is started anew.

Price 1997 (CEC) introduced it; Auger & Hansen 2005 (CEC, "Performance evaluation of an advanced local search
evolutionary algorithm") analysed it as success performance; Hansen et al. 2009 gave it the name ERT.
"""

import numpy as np
from numpy.typing import NDArray

from src.statistics.intervals import CONFIDENCE, UNKNOWN, Array, Estimate, percentile_interval, resamples
from src.statistics.runtimes import Attempts, success_rate


def _running_time(runs: Attempts, indices: NDArray[np.int64]) -> Array:
    """Expected running time of each resample, (B, n) -> (B,); inf where none reached the target."""
    successes = runs.reached[indices].sum(axis=-1)
    cost = runs.spent[indices].sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(successes > 0, cost / successes, np.inf)


def expected_running_time(runs: Attempts, *, confidence: float = CONFIDENCE, seed: int = 0) -> Estimate:
    """All that was spent, successes and failures alike, over the number of successes; inf without any.

    The interval is a bootstrap over runs; its upper end is inf where successes are too few to bound it. With no
    success the lower end supposes the highest success rate p that Wilson's interval allows, and successes that
    cost nothing: mean cost of a failure * (1 - p) / p.
    """
    n = runs.reached.size
    if n == 0:
        return UNKNOWN
    value = float(_running_time(runs, np.arange(n)[None])[0])
    if not runs.reached.any():
        rate = success_rate(runs, confidence=confidence).high
        return Estimate(value, float(runs.spent.mean()) * (1 - rate) / rate, np.inf)
    if n == 1:
        return Estimate(value, np.nan, np.nan)
    low, high = percentile_interval(_running_time(runs, resamples(n, seed=seed)), confidence)
    return Estimate(value, float(low), float(high))


def running_time_log_ratio(a: Attempts, b: Attempts, *, confidence: float = CONFIDENCE, seed: int = 0) -> Estimate:
    """``log10(ERT_a / ERT_b)`` in decades, with a bootstrap over pairs (position i of both shares one seed).

    Infinite when one of the two never succeeded; unknown when neither did.
    """
    n = a.reached.size
    if b.reached.size != n:
        raise ValueError(f"pairs need as many runs of both: {n} and {b.reached.size}")
    if n == 0 or not (a.reached.any() or b.reached.any()):
        return UNKNOWN

    def ratio(indices: NDArray[np.int64]) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):  # success at step 0 costs nothing
            of_a, of_b = np.log10(_running_time(a, indices)), np.log10(_running_time(b, indices))
            # Both are infinite in a resample without any success: a tie.
            return np.where(of_a == of_b, 0.0, of_a - of_b)

    value = float(ratio(np.arange(n)[None])[0])
    if n == 1:
        return Estimate(value, np.nan, np.nan)
    low, high = percentile_interval(ratio(resamples(n, seed=seed)), confidence)
    return Estimate(value, float(low), float(high))
