"""Tables of searches for hyperparameters: progress by evaluation, ends by method, and the headline."""

import numpy as np
import pandas as pd

from src.core.result import Tables
from src.statistics.intervals import bootstrap_interval, median
from src.tables.quantiles import quantiles


def progress_table(progress: pd.DataFrame) -> pd.DataFrame:
    """Quartiles over seeds of the best validation loss so far, by problem, method and evaluation."""
    rows = []
    for (problem, method, evaluation), found in progress.groupby(["problem", "method", "evaluation"], sort=False):
        ends = dict(zip(("q25", "median", "q75"), quantiles(10 ** found["best"].to_numpy()), strict=True))
        rows.append({"problem": problem, "method": method, "step": evaluation} | ends)
    return pd.DataFrame(rows)


def methods_table(found: pd.DataFrame) -> pd.DataFrame:
    """One row per method: validation loss found, and validation loss of trainings on test seeds, with intervals."""
    rows = []
    for (problem, method), rows_of in found.groupby(["problem", "method"], sort=False):
        row: dict[str, object] = {"problem": problem, "method": method}
        for name in ("best", "judged"):
            values = rows_of[name].to_numpy()
            low, high = bootstrap_interval(values, median)
            row |= {f"{name}_loss": 10 ** np.median(values), f"{name}_low": 10**low, f"{name}_high": 10**high}
        row |= {"learning_rate": rows_of["learning_rate"].median(), "beta": rows_of["beta"].median()}
        rows.append(row)
    return pd.DataFrame(rows).sort_values(["problem", "judged_loss"], ignore_index=True)


def headline_rows(tables: Tables) -> list[tuple[object, ...]]:
    """Rows of ``headline``: difference of Bayesian optimization to random search, and the best method's loss.

    Without both methods, the loss alone.
    """
    verdicts = tables["verdicts"]
    rows = verdicts[verdicts["claim"].astype(str).str.endswith(".random")].head(1).to_dict("records")
    difference = "validation_loss_difference_to_random_search"
    found: list[tuple[object, ...]] = [
        (difference, row["estimate"], row["low"], row["high"], "decades", row["settings"]) for row in rows
    ]
    best = tables["methods"].iloc[0]
    about = f"{best['method']} on {best['problem']}"
    for name, quantity in (("judged", "validation_loss_on_test_seeds"), ("best", "validation_loss_found")):
        found.append((quantity, best[f"{name}_loss"], best[f"{name}_low"], best[f"{name}_high"], "1", about))
    return found
