"""The ``rates`` table: score of each candidate learning rate over the tuning replicates."""

import pandas as pd

from src.core.status import Status
from src.tables.quantiles import quantiles

RATES = (
    "learning_rate",  # candidate
    "q25",  # quartiles of the score over the tuning seeds
    "median",
    "q75",
    "diverged",  # share of the seeds that diverged
    "chosen",  # whether the candidate was chosen
)


def rates_table(summary: pd.DataFrame) -> pd.DataFrame:
    """The ``rates`` table of tuning replicates, before a candidate is chosen."""
    rows = []
    for rate, group in summary.groupby("learning_rate"):
        low, middle, high = quantiles(group["score"].to_numpy())
        diverged = (group["status"] == Status.DIVERGED.label).mean()
        rows.append((rate, low, middle, high, diverged, False))
    return pd.DataFrame(rows, columns=list(RATES))


def effort(summary: pd.DataFrame) -> pd.Series:
    """Median steps to the target at each learning rate; a seed that never reached the target counts as infinite."""
    times = summary.groupby("learning_rate")["steps_to_target"]
    return times.apply(lambda each: float(quantiles(each.to_numpy(), (0.5,))[0]))
