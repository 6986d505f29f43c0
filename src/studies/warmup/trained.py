"""Seeds that train at each learning rate, and the largest learning rate at which each seed trains."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.core.result import Result
from src.core.status import Status
from src.statistics.intervals import Array, Estimate, bootstrap, mean, wilson

KEYS = ("problem", "init", "method", "schedule")
TRAINED = (
    "learning_rate",
    "share",  # of the test seeds that train at this learning rate
    "low",  # 95 % interval of the share
    "high",
    "median_loss",  # final training loss
    "diverged",  # share of the seeds
)
LARGEST = (
    *KEYS,
    "seeds",  # number of test seeds
    "decades",  # mean over seeds of log10 of the largest learning rate that trains
    "low",  # 95 % interval of the mean
    "high",
)


def trained_table(summary: pd.DataFrame) -> pd.DataFrame:
    """One row per learning rate; columns ``TRAINED``."""
    rows = []
    for rate, group in summary.groupby("learning_rate"):
        share = wilson(float(group["trained"].mean()), len(group))
        diverged = float((group["status"] == Status.DIVERGED.label).mean())
        rows.append((rate, *share, float(np.median(group["final_loss"])), diverged))
    return pd.DataFrame(rows, columns=list(TRAINED))


def largest_table(cells: Sequence[Result]) -> pd.DataFrame:
    """One row per run; columns ``LARGEST``."""
    rows = []
    for cell in cells:
        decades = bootstrap(np.log10(largest_rates(cell.tables["summary"])), mean)
        rows.append((*(cell.about[key] for key in KEYS), cell.about["seeds"], *decades))
    return pd.DataFrame(rows, columns=list(LARGEST))


def largest_rates(summary: pd.DataFrame) -> Array:
    """Each seed's largest learning rate that trains, (S,); one grid step below the lowest where none trains."""
    table = summary.pivot_table(index="seed", columns="learning_rate", values="trained", aggfunc="max").astype(bool)
    rates = table.columns.to_numpy(float)
    below = rates[0] ** 2 / rates[1]
    largest: Array = np.where(table, rates, below).max(axis=1)
    return largest


def allowance(cell: Result, constant: Result) -> Estimate:
    """Mean over seeds of log10 of the largest learning rate that trains in ``cell`` over the one in ``constant``.

    The estimate, in decades, is a mean: each seed's value is a whole number of grid steps, over which a median jumps.
    """
    with_it, without = (np.log10(largest_rates(one.tables["summary"])) for one in (cell, constant))
    return bootstrap(with_it - without, mean)


def shown_rate(trained: pd.DataFrame) -> tuple[float, str]:
    """The learning rate whose curves represent a run, and its choice in words.

    It is not the best one: no learning rate is tuned here, and the largest that trains is where schedules differ.
    """
    rates = trained["learning_rate"].to_numpy(float)
    most = trained["share"].to_numpy(float) > 0.5
    if most.any():
        return float(rates[most].max()), "the largest at which most seeds train"
    return float(rates[len(rates) // 2]), "the middle of the grid, as most seeds train at none"
