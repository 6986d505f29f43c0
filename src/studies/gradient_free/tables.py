"""Tables of searches on many landscapes: runtime profiles, and the cost of a success on each landscape."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from src.statistics.running_time import expected_running_time
from src.statistics.runtime_profile import runtime_profile
from src.statistics.runtimes import attempts, success_rate
from src.tables.quantiles import quantiles

ALL = "all"  # value of ``dimension`` in rows on every dimension
WHERE = ["problem", "dimension", "method", "gradient_charge"]
PROFILES = (*WHERE[1:], "evaluations", "share", "low", "high")  # columns of ``runtime_profiles``
_POINTS = 50  # points of a profile's curve


def profiles_table(times: pd.DataFrame, evaluations: int) -> pd.DataFrame:
    """One row per method, charge, dimension and number of evaluations per dimension: share of targets reached.

    ``dimension`` = "all" holds the landscapes that come in several dimensions, in all these dimensions, for methods
    that ran in all. A method that lacks a landscape of its dimension is left out. Columns ``PROFILES``.
    """
    at = np.unique(np.geomspace(1, evaluations, _POINTS).round())
    frames = []
    for dimension, found in _groups(times):
        runs = len(found[["problem", "dimension"]].drop_duplicates())
        for (method, charge), rows in found.groupby(["method", "gradient_charge"], sort=False):
            if len(rows[["problem", "dimension"]].drop_duplicates()) < runs:
                continue
            per_dimension = (rows["time"] / rows["dimension"]).fillna(np.inf)
            wide = rows.assign(time=per_dimension).pivot_table(
                index="seed", columns=["problem", "dimension", "precision"], values="time"
            )
            profile = runtime_profile(wide.to_numpy(), at)
            names = {"dimension": dimension, "method": method, "gradient_charge": charge, "evaluations": at}
            frames.append(pd.DataFrame(names | profile._asdict()))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(PROFILES))


def _groups(times: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and rows of each dimension; then of all dimensions, on the landscapes that come in several."""
    for dimension, found in times.groupby("dimension"):
        yield str(dimension), found
    several = times.groupby("problem")["dimension"].transform("nunique") > 1
    if several.any():
        yield ALL, times[several]


def running_times_table(outcomes: pd.DataFrame, evaluations: int) -> pd.DataFrame:
    """One row per problem, dimension, method and charge.

    Columns: success rate and ``ert`` (expected running time in evaluations) with intervals, the gap left at the
    budget with its quartiles, and the number of ``seeds``.
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
