"""Rows of ``headline`` tables, and the verdicts as a terminal shows them, for all studies that have claims."""

import math
from collections.abc import Mapping

import pandas as pd

from src.core.result import Result

Row = tuple[object, ...]
NAN = float("nan")
PRINTED = ("claim", "settings", "estimate", "low", "high", "smallest_effect", "direction", "verdict")


def printed_verdicts(gathered: Result) -> pd.DataFrame:
    """The ``verdicts`` of a sweep without the columns that are too wide for a terminal."""
    return gathered.tables["verdicts"][list(PRINTED)]


def row_without_value(quantity: str, unit: str, reason: str) -> Row:
    """Row of a quantity that the sweep cannot give; ``reason`` names the runs that it lacks."""
    return (quantity, NAN, NAN, NAN, unit, reason)


def rows_of_verdicts(verdicts: pd.DataFrame, quantities: Mapping[str, tuple[str, str]], count: int = 4) -> list[Row]:
    """The first ``count`` estimates of a ``verdicts`` table, claim by claim; estimates without a number come last.

    Args:
        verdicts: table of verdicts.
        quantities: name and unit of the estimate of each claim, the most important claim first.
        count: largest number of rows.
    """
    rows: list[Row] = []
    for claim, (quantity, unit) in quantities.items():
        for row in verdicts[verdicts["claim"] == claim].to_dict("records"):
            value, low, high = (float(row[name]) for name in ("estimate", "low", "high"))
            rows.append((quantity, value, low, high, unit, str(row["settings"])))
    return sorted(rows, key=lambda row: not math.isfinite(float(str(row[1]))))[:count]
