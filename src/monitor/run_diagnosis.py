"""Diagnosis of a whole run from the diagnoses of its replicates: its tags, and a line for its reader (row R61)."""

import numpy as np
import pandas as pd

from src.core.result import Result
from src.monitor.diagnosis_words import CAUSES

NOT_TRAINED = "not trained"


def diagnosed_rows(measured: Result) -> pd.DataFrame:
    """The ``summary`` rows that diagnose a run: test seeds, at the chosen learning rate and depth if any."""
    summary = measured.tables.get("summary", pd.DataFrame())
    if "diagnosis" not in summary:
        return pd.DataFrame()
    rows = summary[summary["split"] == "test"]
    chosen = measured.about.get("best_learning_rate")
    if chosen is not None and np.isclose(rows["learning_rate"], chosen).any():
        rows = rows[np.isclose(rows["learning_rate"], chosen)]
    if "depth" in rows and "depth" in measured.about:
        rows = rows[rows["depth"] == measured.about["depth"]]
    return rows


def diagnosis_tags(measured: Result) -> dict[str, str]:
    """Tags ``diagnosis``, the most common state of the diagnosed replicates, and ``diagnosis_share``, their share.

    A study in which nothing is trained has no share, and may name in a tag of its own what it does instead.
    """
    rows = diagnosed_rows(measured)
    if rows.empty:
        return {"diagnosis": NOT_TRAINED} | measured.tags
    shares = rows["diagnosis"].value_counts(normalize=True)
    return measured.tags | {"diagnosis": str(shares.index[0]), "diagnosis_share": f"{shares.iloc[0]:.2f}"}


def counts_in_words(diagnoses: pd.Series) -> str:
    """Counts of the states of a sweep's runs, the most common first: "20 healthy, 3 slow"."""
    return ", ".join(f"{count} {name}" for name, count in diagnoses.value_counts().items())


def diagnosis_line(measured: Result) -> str:
    """State of the run, number of replicates that show it, likely cause, and the evidence of the first of them."""
    rows = diagnosed_rows(measured)
    state = diagnosis_tags(measured)["diagnosis"]
    if rows.empty:
        return f"Diagnosis: {state}."
    counts = rows["diagnosis"].value_counts()
    cases = rows[rows["diagnosis"] == state]
    others = "; the others: " + ", ".join(f"{name} {count}" for name, count in counts.items() if name != state)
    first = cases.iloc[0]
    return (
        f"Diagnosis: **{state}** ({len(cases)} of {len(rows)} replicates{others if len(counts) > 1 else ''}). "
        f"Likely cause: {CAUSES[state]}. Evidence (seed {first['seed']}): {first['evidence']}."
    )
