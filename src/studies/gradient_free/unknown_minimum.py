"""Problems whose minimum is not known: the lowest value that any method of the sweep found stands for the minimum."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.result import Result
from src.core.search import SearchMethod
from src.problems.landscape import Landscape
from src.studies.gradient_free.runs import (
    Charge,
    charges,
    learning_rate_of,
    outcomes_above,
    times_above,
    typical_value,
)

RECORDS = ("dimension", "seed", "call", "best", "used")  # columns of ``records``
SCALES = "unknown_minimum"  # key of ``about`` for what ``scales_of`` gives, one entry per number of dimensions


def records_table(best: np.ndarray, used: np.ndarray, dimension: int) -> pd.DataFrame:
    """One row per seed and call at which its best value so far falls, and its last call; columns ``RECORDS``.

    Args:
        best: best value after each call, shape (S, E).
        used: calls that each seed made, shape (S,).
        dimension: number of coordinates.
    """
    before = np.hstack([np.full((len(best), 1), np.inf), best[:, :-1]])
    kept = best < before
    kept[:, -1] = True
    seed, call = np.nonzero(kept)
    columns = {"dimension": dimension, "seed": seed, "call": call + 1, "best": best[kept], "used": used[seed]}
    return pd.DataFrame(columns)[list(RECORDS)]


def scales_of(problem: Landscape, method: SearchMethod, budget: int) -> dict[str, Any]:
    """What gaps and times need besides the records and the lowest value, as plain values."""
    rate = learning_rate_of(method)
    return {
        "dimension": problem.dimension,
        "budget": budget,
        "tolerance": problem.tolerance,
        "typical_value": typical_value(problem),
        "learning_rate": rate if np.isfinite(rate) else None,
        "charges": [list(charge) for charge in charges(method, problem.dimension)],
    }


def with_best_of_all(cells: Sequence[Result], precisions: Sequence[float]) -> list[Result]:
    """The cells, with ``outcomes`` and ``times`` where their problem's minimum is not known.

    Gaps are then those to the lowest value that any cell found on the problem in that number of dimensions.
    """
    records = [cell.tables["records"].assign(problem=cell.about["problem"]) for cell in cells if SCALES in cell.about]
    if not records:
        return list(cells)
    lowest = pd.concat(records).groupby(["problem", "dimension"])["best"].min().to_dict()
    return [_relative(cell, lowest, precisions) if SCALES in cell.about else cell for cell in cells]


def _relative(cell: Result, lowest: dict[Any, float], precisions: Sequence[float]) -> Result:
    outcomes, times = [], []
    for scales in cell.about[SCALES]:
        dimension, budget = scales["dimension"], scales["budget"]
        records = cell.tables["records"].query("dimension == @dimension")
        best = _best(records)
        used = records.groupby("seed")["used"].first().to_numpy()
        counts = [Charge(name, each) for name, each in scales["charges"]]
        minimum = lowest[cell.about["problem"], dimension]
        found = outcomes_above(best, used, counts, budget, minimum, minimum + scales["tolerance"])
        rate = np.nan if scales["learning_rate"] is None else scales["learning_rate"]
        outcomes.append(found.assign(dimension=dimension, tolerance=scales["tolerance"], learning_rate=rate))
        scale = scales["typical_value"] - minimum
        reached = times_above(best, counts, budget, minimum, scale, np.array(precisions))
        times.append(reached.assign(dimension=dimension))
    tables = {"outcomes": pd.concat(outcomes, ignore_index=True), "times": pd.concat(times, ignore_index=True)}
    return replace(cell, tables=cell.tables | tables)


def _best(records: pd.DataFrame) -> np.ndarray:
    """Best value after each call, shape (S, E): the inverse of ``records_table``."""
    wide = records.pivot_table(index="seed", columns="call", values="best", dropna=False)
    calls = range(1, int(records["call"].max()) + 1)
    filled = wide.reindex(columns=calls).ffill(axis=1).fillna(np.inf)
    best: np.ndarray = filled.to_numpy()
    return best
