"""Verdicts on the claims about the best mutation rate of bits, from the times of each cell."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.result import Result
from src.protocol.claims import Claim, settle_each
from src.statistics.bit_flips import best_flips
from src.statistics.departure import departure
from src.statistics.intervals import Array, Estimate, percentile_interval, resamples
from src.studies.ga_mutation_rate.optimum import optimum, resampled_optima, times_matrix

KINDS = ("theory", "optimum", "interior")


def verdicts(
    claims: Mapping[str, Claim], flips: Sequence[float], cells: Sequence[Result]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, one row per claim and cell, and the claims that lack runs: none, as a cell has all."""
    effects = {_settings(cell): (_estimates(np.array(flips), cell), _blocked(cell)) for cell in cells}

    def rows(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        for settings, (found, blocked) in effects.items():
            yield claim.settle(name, found[name.rpartition(".")[2]], settings, blocked)

    return settle_each(claims, rows)


def _settings(cell: Result) -> str:
    return f"{cell.about['problem']}, {cell.about['bits']} bits, {cell.about['seeds']} seeds"


def _blocked(cell: Result) -> str:
    ended = np.isfinite(times_matrix(cell)).all()
    return "" if ended else "some searches did not end within their budget"


def _estimates(flips: Array, cell: Result) -> dict[str, Estimate]:
    """By kind of claim."""
    expected = cell.tables["flips"]["expected"].to_numpy(dtype=float)
    off = departure(times_matrix(cell) / expected, of_means=True)
    found = {"theory": Estimate(*(100 * float(np.expm1(end)) for end in off))}
    for kind, every in _effects(flips, cell).items():
        low, high = percentile_interval(every[1:])
        found[kind] = Estimate(float(every[0]), float(low), float(high))
    return found


def _effects(flips: Array, cell: Result) -> dict[str, Array]:
    """By kind of claim, but for ``theory``: the estimate, then its values on resampled seeds."""
    times = times_matrix(cell)
    drawn = times[resamples(len(times))].mean(axis=1)
    mean = times.mean(axis=0)
    ratio = np.log10(np.concatenate([[optimum(flips, cell)["optimum"]], resampled_optima(flips, times)]))
    ratio = np.abs(ratio - np.log10(best_flips(cell.about["theory"], cell.about["bits"])))
    ends = np.log10(np.vstack([mean, drawn]))
    inside = 1 + int(ends[0, 1:-1].argmin())
    gain = ends[:, inside] - ends[:, [0, -1]].min(axis=1)
    return {"optimum": ratio, "interior": gain}
