"""Outcome of every start at every learning rate: success, explosion, and their shares."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.optimizer import Optimizer
from src.core.problem import Problem
from src.core.result import Result
from src.core.status import Status
from src.optimizers.chain import Chain
from src.optimizers.clip import Clip
from src.optimizers.noise import Noise
from src.optimizers.precondition import Precondition
from src.problems.confined import Confined
from src.statistics.intervals import Array, bootstrap, mean, wilson
from src.statistics.strata import stratified_mean

SHARES = (
    "learning_rate",
    "share",  # of the seeds that succeed at this rate
    "low",  # its 95 % interval
    "high",
    "exploded",  # share of the seeds
    "exploded_low",
    "exploded_high",
    "median_loss",  # final loss; inf where half of the seeds diverged
)
ROBUSTNESS = ("robustness", "low", "high", "exploded", "exploded_low", "exploded_high")
ALL = "all problems"
NAMES: Mapping[type[Optimizer], str] = {Clip: "clip", Noise: "noise", Precondition: "precondition"}


def parts_of(optimizer: Optimizer) -> list[str]:
    """The safeguards in an optimizer, in their order: none for plain gradient descent."""
    parts = optimizer.parts if isinstance(optimizer, Chain) else [optimizer]
    return [NAMES[type(part)] for part in parts if type(part) in NAMES]


def with_outcomes(summary: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """The ``summary`` table with the outcome of each replicate.

    ``success`` is ending at or below the target; on a confined landscape, whose way down leads out of the box, it is
    reaching the target before that. ``exploded`` is diverging without success.
    """
    diverged = summary["status"] == Status.DIVERGED.label
    target = -np.inf if problem.target is None else problem.target
    ended = (summary["final_loss"] <= target) & ~diverged
    success = summary["solved"].astype(bool) if isinstance(problem, Confined) else ended
    return summary.assign(success=success, exploded=diverged & ~success)


def shares_table(summary: pd.DataFrame) -> pd.DataFrame:
    """One row per rate: shares of the test seeds with Wilson's intervals; columns ``SHARES``."""
    rows = []
    for rate, group in summary.groupby("learning_rate"):
        success = wilson(float(group["success"].mean()), len(group))
        exploded = wilson(float(group["exploded"].mean()), len(group))
        rows.append((rate, *success, *exploded, float(group["final_loss"].median())))
    return pd.DataFrame(rows, columns=list(SHARES))


def seed_means(summary: pd.DataFrame, column: str) -> Array:
    """Each seed's mean of ``column`` over all rates, (S,) in the order of the seeds: its share of the grid."""
    test = summary[summary["split"] == "test"]
    return test.groupby("seed")[column].mean().sort_index().to_numpy(dtype=np.float64)


def robustness_row(summary: pd.DataFrame) -> dict[str, float]:
    """Shares of all (start, rate) pairs that succeed and that explode, with 95 % intervals over seeds."""
    success = bootstrap(seed_means(summary, "success"), mean)
    exploded = bootstrap(seed_means(summary, "exploded"), mean)
    return dict(zip(ROBUSTNESS, success + exploded, strict=True))


def robustness_table(cells: Sequence[Result]) -> pd.DataFrame:
    """``robustness_row`` of every method on every problem, and over all problems, which count alike."""
    rows: list[dict[str, object]] = []
    means: dict[str, list[tuple[Array, Array]]] = {}
    for cell in cells:
        summary, method = cell.tables["summary"], str(cell.about["method"])
        rows.append({"problem": cell.about["problem"], "method": method, **robustness_row(summary)})
        means.setdefault(method, []).append((seed_means(summary, "success"), seed_means(summary, "exploded")))
    problems = len({row["problem"] for row in rows})
    for method, pairs in means.items():
        if problems > 1 and len(pairs) == problems:
            ends = [stratified_mean(column) for column in zip(*pairs, strict=True)]
            rows.append({"problem": ALL, "method": method, **dict(zip(ROBUSTNESS, ends[0] + ends[1], strict=True))})
    return pd.DataFrame(rows)
