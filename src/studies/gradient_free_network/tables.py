"""Tables of networks that are trained with and without gradients."""

import numpy as np
import pandas as pd

from src.core.result import Tables
from src.statistics.intervals import bootstrap_interval, median


def methods_table(ends: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """One row per method: training loss and test accuracy with intervals, and cost in passes of a sample."""
    rows = []
    for (problem, method), found in ends.groupby(["problem", "method"], sort=False):
        row: dict[str, object] = {"problem": problem, "method": method}
        for name in ("loss", "accuracy"):
            values = found[name].to_numpy(dtype=float)
            low, high = bootstrap_interval(values, median)
            row |= {name: float(np.median(values)), f"{name}_low": float(low), f"{name}_high": float(high)}
        spent = costs[(costs["problem"] == problem) & (costs["method"] == method)]["sample_passes"].max()
        rows.append(row | {"sample_passes": float(spent)})
    return pd.DataFrame(rows).sort_values(["problem", "loss"], ignore_index=True)


def headline_rows(tables: Tables) -> list[tuple[object, ...]]:
    """Rows of ``headline``: of the search with the lowest training loss, its distance to momentum in each claim.

    Where the claims lack runs, the training loss of the best method.
    """
    verdicts, kinds = tables["verdicts"], tables["verdicts"]["claim"].astype(str).str.rpartition(".")[2]
    found = list[tuple[object, ...]]()
    losses = verdicts[kinds == "loss"].sort_values("estimate", kind="stable").head(1)
    for quantity, kind, unit in (
        ("training_loss_ratio_to_momentum", "loss", "decades"),
        ("test_accuracy_difference_to_momentum", "accuracy", "percentage points"),
    ):
        rows = verdicts[(kinds == kind) & verdicts["settings"].isin(losses["settings"])]
        for row in rows.head(1).to_dict("records"):
            found.append((quantity, row["estimate"], row["low"], row["high"], unit, row["settings"]))
    best = tables["network_methods"].iloc[0]
    about = f"{best['method']} on {best['problem']}"
    return found or [("training_loss", best["loss"], best["loss_low"], best["loss_high"], "1", about)]
