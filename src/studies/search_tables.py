"""Searches of many landscapes side by side: runtime profiles, and what a success costs on each landscape."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from src.statistics.attempts import attempts, success_rate
from src.statistics.running_time import expected_running_time
from src.statistics.runtime_profile import runtime_profile
from src.studies.quantiles import quantiles
from src.studies.study import Measured

ALL = "all"  # stands for every dimension together
WHERE = ["problem", "dimension", "optimizer", "cost"]
_POINTS = 50  # of a profile's curve


def joined(cells: Sequence[Measured], table: str) -> pd.DataFrame:
    """The cells' tables called ``table``, one below the other, with their problem and method."""
    told = ("problem", "optimizer")
    return pd.concat(
        [cell.tables[table].assign(**{key: cell.about[key] for key in told}) for cell in cells], ignore_index=True
    )


def profiles_table(times: pd.DataFrame, evaluations: int) -> pd.DataFrame:
    """One row a method, charge, dimension and number of evaluations per dimension: share of targets reached.

    Under ``dimension`` = "all" stand the landscapes that come in several dimensions, in all of these, for methods
    that were run in all. Columns dimension, optimizer, cost, evaluations (per dimension), share, low, high.
    """
    at = np.unique(np.geomspace(1, evaluations, _POINTS).round())
    frames = []
    for dimension, found in _groups(times):
        runs = len(found[["problem", "dimension"]].drop_duplicates())
        for (method, cost), rows in found.groupby(["optimizer", "cost"], sort=False):
            if len(rows[["problem", "dimension"]].drop_duplicates()) < runs:
                continue
            per_dimension = (rows["time"] / rows["dimension"]).fillna(np.inf)
            wide = rows.assign(time=per_dimension).pivot_table(
                index="seed", columns=["problem", "dimension", "precision"], values="time"
            )
            profile = runtime_profile(wide.to_numpy(), at)
            told = {"dimension": dimension, "optimizer": method, "cost": cost, "evaluations": at}
            frames.append(pd.DataFrame(told | profile._asdict()))
    return pd.concat(frames, ignore_index=True)


def _groups(times: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The runs of each dimension; then all runs on the landscapes that come in several."""
    for dimension, found in times.groupby("dimension"):
        yield str(dimension), found
    several = times.groupby("problem")["dimension"].transform("nunique") > 1
    if several.any():
        yield ALL, times[several]


def running_times_table(outcomes: pd.DataFrame, evaluations: int) -> pd.DataFrame:
    """One row a problem, dimension, method and charge.

    Columns: success rate and ``ert`` (expected running time in evaluations) with intervals, the gap left at the
    budget with its quartiles, and ``seeds``.
    """
    rows: list[dict[str, Any]] = []
    for key, found in outcomes.groupby(WHERE, sort=False):
        row: dict[str, Any] = dict(zip(WHERE, key, strict=True))
        budget = evaluations * int(row["dimension"])
        runs = attempts(found["time"].to_numpy(), budget, spent=np.minimum(found["spent"].to_numpy(), budget))
        for name, estimate in (("success_rate", success_rate(runs)), ("ert", expected_running_time(runs))):
            row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
        ends = dict(zip(("gap_q25", "gap", "gap_q75"), quantiles(found["gap"].to_numpy()), strict=True))
        rows.append(row | ends | {"seeds": len(found)})
    return pd.DataFrame(rows)
