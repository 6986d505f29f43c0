"""The diagnosis of a whole run, from those of its replicates: its tags, and a line for whoever opens it (row R61)."""

import numpy as np
import pandas as pd

from src.monitor.diagnosis_words import CAUSES
from src.studies.study import Measured

NOT_TRAINED = "not trained"


def judged(measured: Measured) -> pd.DataFrame:
    """The ``summary`` rows that a run is judged by: test seeds, at the rate and depth that it speaks of if any."""
    summary = measured.tables.get("summary", pd.DataFrame())
    if "diagnosis" not in summary:
        return pd.DataFrame()
    rows = summary[summary["split"] == "test"]
    chosen = measured.about.get("best_rate")
    if chosen is not None and np.isclose(rows["rate"], chosen).any():
        rows = rows[np.isclose(rows["rate"], chosen)]
    if "depth" in rows and "depth" in measured.about:
        rows = rows[rows["depth"] == measured.about["depth"]]
    return rows


def diagnosis_tags(measured: Measured) -> dict[str, str]:
    """Tags ``diagnosis``, the most common state of the judged replicates, and ``diagnosis_share``, their share.

    A study in which nothing is trained has no share, and may say in a tag of its own what it does instead.
    """
    rows = judged(measured)
    if rows.empty:
        return {"diagnosis": NOT_TRAINED} | measured.tags
    shares = rows["diagnosis"].value_counts(normalize=True)
    return measured.tags | {"diagnosis": str(shares.index[0]), "diagnosis_share": f"{shares.iloc[0]:.2f}"}


def counts_in_words(diagnoses: pd.Series) -> str:
    """How many runs of a sweep show what, the most common first: "20 healthy, 3 slow"."""
    return ", ".join(f"{count} {name}" for name, count in diagnoses.value_counts().items())


def diagnosis_line(measured: Measured) -> str:
    """What the run is diagnosed with, how many replicates are, why, and the evidence of the first of them."""
    rows = judged(measured)
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
