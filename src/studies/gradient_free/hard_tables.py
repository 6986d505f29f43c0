"""Tables of searches under hard conditions, from outcomes of each landscape, method and seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import field_error
from src.core.result import Tables
from src.statistics.intervals import bootstrap, mean
from src.statistics.variance_components import spread
from src.studies.gradient_free.start_effects import cube

SMOOTH, NOISY = "smooth", "noisy"
CONDITIONS = (SMOOTH, NOISY, "stepped", "rounded", "cusped")
KINDS = (*CONDITIONS, "start")
WORST = 1e6  # a gap in units of the scale that stands for any larger gap, infinite ones included


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """Methods that are compared.

    Attributes:
        evolution: evolutionary methods.
        one_start: gradient method that begins once; evolutionary methods are compared with it on the effect of the
            start alone.
        gradients: gradient methods with restarts; evolutionary methods are compared with them in every claim.
    """

    evolution: Sequence[str]
    one_start: str
    gradients: Sequence[str]

    def __post_init__(self) -> None:
        for field in ("evolution", "gradients"):
            if not getattr(self, field):
                raise field_error(self, field, getattr(self, field), "names of search methods")

    def kind(self, method: str) -> str:
        """``evolution``, ``gradients`` or ``other``."""
        if method in self.evolution:
            return "evolution"
        return "gradients" if method in (self.one_start, *self.gradients) else "other"


def conditions_table(outcomes: pd.DataFrame, precision: float, rivals: Rivals) -> pd.DataFrame:
    """One row per method and condition: the mean, over landscapes and seeds, of the gap in decades.

    Columns method, kind, condition, decades, low, high; gaps below ``precision`` count as ``precision``, and
    the interval is a bootstrap over seeds.
    """
    rows: list[dict[str, Any]] = []
    for (method, condition), found in outcomes.groupby(["method", "condition"], sort=False):
        decades = pd.Series(np.log10(found["gap"].clip(precision, WORST)), index=found.index)
        ends = bootstrap(decades.groupby(found["seed"]).mean().to_numpy(), mean)
        told = {"method": method, "kind": rivals.kind(str(method)), "condition": condition}
        rows.append(told | {"decades": ends.value, "low": ends.low, "high": ends.high})
    return pd.DataFrame(rows)


def start_effects_table(starts: pd.DataFrame, rivals: Rivals) -> pd.DataFrame:
    """One row per method: standard deviation of the gap in decades between starts, and between seeds of one start.

    Columns method, kind, between, between_low, between_high, within, …: means over the landscapes, with
    bootstrap intervals over starts.
    """
    rows: list[dict[str, Any]] = []
    for method, found in starts.groupby("method", sort=False):
        parts = spread(cube(found))._asdict()
        ends = {
            name + end: value
            for name, part in parts.items()
            for end, value in zip(("", "_low", "_high"), part, strict=True)
        }
        rows.append({"method": method, "kind": rivals.kind(str(method))} | ends)
    return pd.DataFrame(rows)


def hard_answer(question: str, tables: Tables) -> Tables:
    """Decades of the gap under each condition, the effect of the start, and the verdicts."""
    wide = tables["conditions"].pivot_table(index=["kind", "method"], columns="condition", values="decades")
    effects = tables["start_effects"].set_index(["kind", "method"])[["between", "within"]]
    shown = wide[[name for name in CONDITIONS if name in wide]].join(effects)
    shown = shown.rename(columns={"between": "decades by start", "within": "decades by seed"})
    text = shown.map("{:.2f}".format).reset_index()
    verdicts = tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
    return {question: text, "Verdicts": verdicts}
