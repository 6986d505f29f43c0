"""The few numbers of the study of diagnoses, for comparison between versions of its code."""

import numpy as np

from src.core.result import Tables
from src.studies.diagnosis.tables import ALL

ROWS = 4


def headline_rows(tables: Tables, share_known: float) -> list[tuple[object, ...]]:
    """Rows of the ``headline`` table: shares of runs diagnosed right by part, and the share of runs of known state.

    Args:
        tables: with ``accuracy``.
        share_known: runs of known true state over all runs.
    """
    accuracy = tables["accuracy"]
    whole = accuracy[(accuracy["state"] == ALL) & (accuracy["runs"] > 0)]
    rows: list[tuple[object, ...]] = [
        ("diagnosed_right", row["accuracy"], row["low"], row["high"], "share", f"{row['part']}, {row['runs']} runs")
        for row in whole.to_dict("records")
    ]
    rows.append(("known_state", share_known, np.nan, np.nan, "share", "runs of known true state over all runs"))
    return rows[:ROWS]
