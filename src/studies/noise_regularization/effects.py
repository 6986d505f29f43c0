"""Effect of gradient noise of each scale on the test part, pair by pair of seeds."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from src.core.result import Result
from src.statistics.effects import differences, log_ratios
from src.statistics.intervals import UNKNOWN, Array, bootstrap, mean

EFFECTS = (
    "problem",
    "scale",  # of the noise
    "best_learning_rate",
    "valid_score",  # median over the tuning seeds at the tuned learning rate: the scale is chosen by it
    "chosen",  # whether the scale is the best one above 0
    "train_loss",  # medians over the test seeds
    "test_loss",
    "test_accuracy",
    "points",  # accuracy less the accuracy without noise, mean over pairs of seeds, in percentage points
    "points_low",
    "points_high",
    "decades",  # log10 of the test loss over the test loss without noise, mean over pairs
    "decades_low",
    "decades_high",
)


class Gaps(NamedTuple):
    """Differences in test accuracy, in percentage points, and in log10 of test loss, one per seed, (S,) each."""

    points: Array
    decades: Array


def effects_table(cells: Sequence[Result]) -> pd.DataFrame:
    """One row per problem and scale; columns ``EFFECTS``."""
    return pd.concat([_effects(group) for group in by_problem(cells)], ignore_index=True)


def by_problem(cells: Sequence[Result]) -> list[list[Result]]:
    """The cells of each problem, by rising scale."""
    groups: dict[str, list[Result]] = {}
    for cell in cells:
        groups.setdefault(str(cell.about["problem"]), []).append(cell)
    return [sorted(group, key=lambda cell: float(cell.about["scale"])) for group in groups.values()]


def gaps(cell: Result, without: Result) -> Gaps:
    """Differences of the test seeds of ``cell`` from those of the run ``without`` noise."""
    own, base = _test(cell), _test(without)
    points = 100 * differences(
        own["final_test_accuracy"].to_numpy(float), base["final_test_accuracy"].to_numpy(float)
    )
    return Gaps(points, log_ratios(own["final_test_loss"].to_numpy(float), base["final_test_loss"].to_numpy(float)))


def _effects(group: Sequence[Result]) -> pd.DataFrame:
    """One problem's rows, by scale; no scale is chosen where the learning rate was given and nothing was tuned."""
    without = next((cell for cell in group if cell.about["scale"] == 0), None)
    rows = []
    for cell in group:
        test, about = _test(cell), cell.about
        points, decades = (
            (UNKNOWN, UNKNOWN) if without is None else (bootstrap(gap, mean) for gap in gaps(cell, without))
        )
        medians = [float(test[name].median()) for name in ("final_loss", "final_test_loss", "final_test_accuracy")]
        names = (about["problem"], about["scale"], about["best_learning_rate"])
        rows.append((*names, _valid_score(cell), False, *medians, *points, *decades))
    table = pd.DataFrame(rows, columns=list(EFFECTS))
    noisy = table[(table["scale"] > 0) & table["valid_score"].notna()]
    if not noisy.empty:
        table.loc[noisy["valid_score"].idxmin(), "chosen"] = True
    return table


def _valid_score(cell: Result) -> float:
    rates = cell.tables.get("rates")
    return np.nan if rates is None else float(rates.loc[rates["chosen"].astype(bool), "median"].min())


def _test(cell: Result) -> pd.DataFrame:
    summary = cell.tables["summary"]
    return summary[summary["split"] == "test"].sort_values("seed")
