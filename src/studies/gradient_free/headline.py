"""The few numbers of the studies of search methods, from their gathered tables."""

import numpy as np
import pandas as pd

from src.core.result import Tables

Rows = list[tuple[object, ...]]


def headline_rows(profiles: pd.DataFrame, running_times: pd.DataFrame) -> Rows:
    """Rows of ``headline``: share of targets reached at the whole budget.

    Largest share of all methods, largest share of a method without gradients, share of random search; over all
    dimensions where there are several. Where no method ran on every landscape of a dimension: the largest success
    rate on one landscape.
    """
    if profiles.empty:
        best = running_times.sort_values("success_rate", ascending=False, kind="stable").iloc[0]
        about = f"{best['method']} on {best['problem']}, D = {best['dimension']}"
        ends = (float(best["success_rate_low"]), float(best["success_rate_high"]))
        return [("largest_success_rate", float(best["success_rate"]), *ends, "share", about)]
    dimensions = list(profiles["dimension"].unique())
    dimension = "all" if "all" in dimensions else dimensions[0]
    rows = profiles[profiles["dimension"] == dimension]
    last = rows[rows["evaluations"] == rows["evaluations"].max()].sort_values("share", ascending=False, kind="stable")
    free = last[last["gradient_charge"] == "values"]
    where = "all dimensions" if dimension == "all" else f"D = {dimension}"
    gradients_lead = bool((last["gradient_charge"].head(1) != "values").any())
    chosen = {
        "largest_share_of_targets": last.head(1),
        "largest_share_of_targets_without_gradients": free.head(1 if gradients_lead else 0),
        "share_of_targets_of_random_search": free[free["method"] == "random_search"],
    }
    found = Rows()
    for quantity, one in chosen.items():
        for row in one.to_dict("records"):
            charge = "" if row["gradient_charge"] == "values" else f", gradients charged as {row['gradient_charge']}"
            found.append(
                (quantity, row["share"], row["low"], row["high"], "share", f"{row['method']}{charge}; {where}")
            )
    return found


def hard_headline_rows(tables: Tables) -> Rows:
    """Rows of ``headline``: the contests of one evolutionary method, the lowest on the smooth landscapes.

    Difference in the standard deviation between starts, and share of pairs won with noise and on steps, each against
    the first gradient method of the contests. Without contests: the standard deviation between starts of each method.
    """
    contests, conditions = tables["contests"], tables["conditions"]
    evolution = conditions[(conditions["kind"] == "evolution") & (conditions["condition"] == "smooth")]
    found = Rows()
    if len(evolution) and evolution["decades"].notna().any():
        method = str(evolution.sort_values("decades", kind="stable")["method"].iloc[0])
        rows = contests[contests["method"] == method]
        kinds = rows["claim"].astype(str).str.rpartition(".")[2] if len(rows) else pd.Series(dtype=str)
        for kind, quantity, unit in (
            ("start", "difference_of_deviation_between_starts", "decades"),
            ("noisy", "share_of_pairs_won_with_noise", "share"),
            ("stepped", "share_of_pairs_won_on_steps", "share"),
        ):
            for row in rows[kinds == kind].head(1).to_dict("records"):
                about = f"{row['settings']}, D = {row['dimensions']}"
                found.append((quantity, row["estimate"], row["low"], row["high"], unit, about))
    if found:
        return found
    quantity = "deviation_between_starts"
    effects: Rows = [
        (quantity, row["between"], row["between_low"], row["between_high"], "decades", row["method"])
        for row in tables["start_effects"].head(4).to_dict("records")
    ]
    return effects or [(quantity, np.nan, np.nan, np.nan, "decades", "no search from several starts")]
