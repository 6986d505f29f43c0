"""The small tables that answer which search method to use."""

import pandas as pd

from src.studies.study import Tables


def reached_table(profiles: pd.DataFrame) -> pd.DataFrame:
    """Share of targets reached at the whole budget: a row a method and charge, a column a dimension; best first.

    Methods that were run in every dimension come first.
    """
    last = profiles[profiles["evaluations"] == profiles["evaluations"].max()]
    wide = last.pivot_table(index=["optimizer", "cost"], columns="dimension", values="share")
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
