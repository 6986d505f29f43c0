"""Small tables that answer which search method to use."""

import pandas as pd

from src.core.result import Tables


def reached_table(profiles: pd.DataFrame) -> pd.DataFrame:
    """Share of targets reached at the whole budget: a row per method and charge, a column per dimension; best first.

    Methods that ran in every dimension come first.
    """
    if profiles.empty:
        return pd.DataFrame(columns=["method", "gradient_charge"])
    last = profiles[profiles["evaluations"] == profiles["evaluations"].max()]
    wide = last.pivot_table(index=["method", "gradient_charge"], columns="dimension", values="share")
    order = [name for name in profiles["dimension"].unique() if name in wide]
    sorting = [*(["all"] if "all" in order else []), order[0]]
    ranked: pd.DataFrame = wide[order].sort_values(sorting, ascending=False, na_position="last")
    return ranked.reset_index()


def answer_tables(question: str, tables: Tables) -> Tables:
    """Shares of targets reached, and the verdicts."""
    reached = reached_table(tables["runtime_profiles"])
    shown = reached.rename(columns={name: f"D = {name}" for name in reached.columns[2:]})
    for name in shown.columns[2:]:
        shown[name] = shown[name].map(lambda share: "" if pd.isna(share) else f"{share:.2f}")
    verdicts = tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
    return {question: shown, "Verdicts": verdicts}
