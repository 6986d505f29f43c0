"""Best mutation rate of a cell by a fit to its mean times, its interval over seeds, and the rate of theory."""

import numpy as np

from src.core.result import Result
from src.statistics.bit_flips import best_flips, fitted_optimum
from src.statistics.intervals import Array, percentile_interval, resamples


def times_matrix(cell: Result) -> Array:
    """Evaluations until solved by seed and rate, shape (S, L); NaN where the budget ended first."""
    found = cell.tables["times"].pivot_table(index="seed", columns="flips", values="time", dropna=False)
    return found.to_numpy(dtype=float)


def optimum(flips: Array, cell: Result) -> dict[str, float]:
    """Fitted ``optimum`` with its interval over seeds (``low``, ``high``), and the ``expected`` one."""
    times = times_matrix(cell)
    known = np.isfinite(times).all()
    value = float(fitted_optimum(flips, times.mean(axis=0))) if known else np.nan
    low, high = percentile_interval(resampled_optima(flips, times))
    expected = best_flips(cell.about["theory"], cell.about["bits"])
    return {"optimum": value, "low": float(low), "high": float(high), "expected": expected}


def resampled_optima(flips: Array, times: Array) -> Array:
    """Fitted optima on resampled seeds; NaN where a search did not end."""
    if not np.isfinite(times).all():
        return np.full(2, np.nan)
    return fitted_optimum(flips, times[resamples(len(times))].mean(axis=1))
