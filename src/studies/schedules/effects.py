"""Effect of a schedule on each end metric, seed by seed against the constant learning rate."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from src.core.result import Result
from src.core.status import Status
from src.statistics.effects import paired_log_ratio, probability_of_superiority, sign_test
from src.statistics.intervals import Estimate
from src.statistics.multiplicity import holm

BASELINE = "constant"
# End metrics that are compared: columns of the summary. Claims are settled on the last one that a problem has.
METRICS = ("final_loss", "final_valid_loss", "final_test_loss")
EFFECTS = (
    "problem",
    "method",
    "schedule",
    "metric",  # a column of the summary
    "learning_rate",  # tuned for this schedule: by training loss for training loss, else by the tuning metric
    "at_edge",  # whether this learning rate, or the constant one, lies on the edge of the grid
    "median",  # final value over the test seeds, above the known minimum
    "effect",  # median over seeds of log10(loss / loss at the constant learning rate); each tuned
    "low",  # 95 % interval of the effect
    "high",
    "superiority",  # share of seeds that end lower than at the constant learning rate
    "p",  # of the sign test, Holm-adjusted over the problem's schedules, methods and metrics
)


class Finals(NamedTuple):
    """An end metric of each test seed (S,), its learning rate, and whether that lies on the edge of the grid."""

    values: np.ndarray
    learning_rate: float
    at_edge: bool


def finals(cell: Result, metric: str) -> Finals:
    """``metric`` of each test seed above the known minimum, ordered by seed; infinite where the seed diverged."""
    summary = cell.tables["summary"]
    rows, at_edge = summary[summary["split"] == "test"], bool(cell.about["learning_rate_at_edge"])
    if metric == METRICS[0] and "optimized" in cell.tables:
        rows = cell.tables["optimized"]
        at_edge = bool(rows["at_edge"].iloc[0])
    rows = rows.sort_values("seed")
    values = np.where(rows["status"] == Status.DIVERGED.label, np.inf, rows[metric].to_numpy(float))
    above = np.maximum(np.where(np.isnan(values), np.inf, values) - (cell.about["minimum"] or 0.0), 0.0)
    return Finals(above, float(rows["learning_rate"].iloc[0]), at_edge)


def claim_metric(cell: Result) -> str:
    """Metric on which claims are settled: the test loss, or the only loss of a problem without a test part."""
    return [metric for metric in METRICS if metric in cell.tables["summary"]][-1]


def effects_table(cells: Sequence[Result]) -> pd.DataFrame:
    """One row for each problem, method, schedule and end metric; columns ``EFFECTS``."""
    rows = []
    schedules = dict.fromkeys(str(cell.about["schedule"]) for cell in cells)
    for schedule in schedules:
        for problem, method, cell, constant in pairs_of(cells, schedule):
            for metric in METRICS:
                if metric not in cell.tables["summary"]:
                    continue
                own, baseline = finals(cell, metric), finals(constant, metric)
                a, b = own.values, baseline.values
                effect = Estimate(0.0, 0.0, 0.0) if schedule == BASELINE else paired_log_ratio(a, b)
                better = probability_of_superiority(a, b).value
                found = (
                    own.learning_rate,
                    own.at_edge or baseline.at_edge,
                    float(np.median(a)),
                    *effect,
                    better,
                    sign_test(a, b),
                )
                rows.append((problem, method, schedule, metric, *found))
    table = pd.DataFrame(rows, columns=list(EFFECTS))
    compared = table["schedule"] != BASELINE
    for _, group in table[compared].groupby("problem"):
        table.loc[group.index, "p"] = holm(group["p"])
    order = {name: at for at, name in enumerate(dict.fromkeys(str(cell.about["problem"]) for cell in cells))}
    return table.sort_values("problem", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def pairs_of(cells: Sequence[Result], schedule: str) -> Iterator[tuple[str, str, Result, Result]]:
    """Problem, method, the cell with ``schedule`` and the cell with a constant learning rate, where both exist."""
    by = {(c.about["problem"], c.about["method"], c.about["schedule"]): c for c in cells}
    for (problem, method, name), cell in by.items():
        if name == schedule and (constant := by.get((problem, method, BASELINE))):
            yield str(problem), str(method), cell, constant


def unfair(*compared: Finals) -> str:
    """The reason why these values must not be compared, or nothing."""
    edges = sorted({f"{one.learning_rate:.3g}" for one in compared if one.at_edge})
    return f"a chosen rate lies on the edge of what was tried: {', '.join(edges)}" if edges else ""
