"""Tables and claims on searches under hard conditions, from outcomes of each landscape, method and seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import refuse
from src.statistics.intervals import UNKNOWN, Estimate, bootstrap, mean, percentile_interval, resamples
from src.statistics.variance_components import between_groups, spread
from src.studies.claims import Claim
from src.studies.search_contests import superiority
from src.studies.study import Tables

SMOOTH, NOISY = "smooth", "noisy"
CONDITIONS = (SMOOTH, NOISY, "stepped", "rounded", "cusped")
KINDS = (*CONDITIONS, "start")
WORST = 1e6  # a gap in units of the scale that stands for anything larger, inf too


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """Who is compared with whom.

    Attributes:
        evolution: evolutionary methods.
        one_start: a gradient method that begins once, against which they are compared on the effect of the start.
        gradients: gradient methods with restarts, against which they are always compared.
    """

    evolution: Sequence[str]
    one_start: str
    gradients: Sequence[str]

    def __post_init__(self) -> None:
        for field in ("evolution", "gradients"):
            if not getattr(self, field):
                raise refuse(self, field, getattr(self, field), "names of search methods")

    def kind(self, method: str) -> str:
        """``evolution``, ``gradients`` or ``other``."""
        if method in self.evolution:
            return "evolution"
        return "gradients" if method in (self.one_start, *self.gradients) else "other"


def conditions_table(outcomes: pd.DataFrame, precision: float, rivals: Rivals) -> pd.DataFrame:
    """One row a method and condition: the mean, over landscapes and seeds, of the gap in decades.

    Columns optimizer, kind, condition, decades, low, high; gaps below ``precision`` count as it, and the interval is
    a bootstrap over seeds.
    """
    rows: list[dict[str, Any]] = []
    for (method, condition), found in outcomes.groupby(["optimizer", "condition"], sort=False):
        decades = pd.Series(np.log10(found["gap"].clip(precision, WORST)), index=found.index)
        ends = bootstrap(decades.groupby(found["seed"]).mean().to_numpy(), mean)
        told = {"optimizer": method, "kind": rivals.kind(str(method)), "condition": condition}
        rows.append(told | {"decades": ends.value, "low": ends.low, "high": ends.high})
    return pd.DataFrame(rows)


def start_effects_table(starts: pd.DataFrame, rivals: Rivals) -> pd.DataFrame:
    """One row a method: standard deviation of the gap in decades between starts, and between seeds of one start.

    Columns optimizer, kind, between, between_low, between_high, within, …: means over the landscapes, with
    bootstrap intervals over starts.
    """
    rows: list[dict[str, Any]] = []
    for method, found in starts.groupby("optimizer", sort=False):
        parts = spread(_cube(found))._asdict()
        ends = {
            name + end: value
            for name, part in parts.items()
            for end, value in zip(("", "_low", "_high"), part, strict=True)
        }
        rows.append({"optimizer": method, "kind": rivals.kind(str(method))} | ends)
    return pd.DataFrame(rows)


def _cube(found: pd.DataFrame) -> np.ndarray:
    """Decades of one method by landscape, start and repeat."""
    blocks = [
        rows.pivot_table(index="start", columns="repeat", values="decades").to_numpy()
        for _, rows in found.groupby("problem", sort=True)
    ]
    return np.stack(blocks)


def settled(
    claims: Mapping[str, Claim], rivals: Rivals, outcomes: pd.DataFrame, starts: pd.DataFrame, precision: float
) -> list[dict[str, object]]:
    """The rows of ``verdicts``, with ``method``, ``other``, ``cost`` and ``dimensions`` of each contest."""
    rows = []
    outcomes = outcomes.assign(tolerance=precision)
    for name, claim in claims.items():
        kind = name.rpartition(".")[2]
        for other in (*([rivals.one_start] if kind == "start" else []), *rivals.gradients):
            for method in rivals.evolution:
                if kind == "start":
                    estimate = less_between(starts, method, other)
                else:
                    estimate = _superiority(outcomes[outcomes["condition"] == kind], method, other)
                words = f"{method} against {other}"
                told = {"method": method, "other": other, "dimensions": str(outcomes["dimension"].iloc[0])}
                rows.append(claim.settle(name, estimate, words) | told)
    return rows


def _superiority(outcomes: pd.DataFrame, method: str, other: str) -> Estimate:
    first, second = (outcomes[outcomes["optimizer"] == name] for name in (method, other))
    return superiority(first.merge(second, on=["problem", "seed", "tolerance"], suffixes=("", "_other")))


def less_between(starts: pd.DataFrame, method: str, other: str) -> Estimate:
    """By how many decades ``method`` spreads more between starts than ``other``, which began at the same points."""
    pair = [starts[starts["optimizer"] == name] for name in (method, other)]
    shared = set(pair[0]["problem"]) & set(pair[1]["problem"])
    if not shared:
        return UNKNOWN
    cubes = [_cube(found[found["problem"].isin(shared)]) for found in pair]
    drawn = resamples(cubes[0].shape[1])
    values = [between_groups(cube[:, drawn]).mean(axis=0) for cube in cubes]
    low, high = percentile_interval(values[0] - values[1])
    middle = [float(between_groups(cube).mean()) for cube in cubes]
    return Estimate(middle[0] - middle[1], float(low), float(high))


def hard_answer(question: str, tables: Tables) -> Tables:
    """Decades of the gap under each condition beside what the start does, and the verdicts."""
    wide = tables["conditions"].pivot_table(index=["kind", "optimizer"], columns="condition", values="decades")
    effects = tables["start_effects"].set_index(["kind", "optimizer"])[["between", "within"]]
    shown = wide[[name for name in CONDITIONS if name in wide]].join(effects)
    shown = shown.rename(columns={"between": "decades by start", "within": "decades by seed"})
    text = shown.map("{:.2f}".format).reset_index()
    verdicts = tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
    return {question: text, "Verdicts": verdicts}
