"""The few numbers of the study of conditioning, for comparison between versions of its code."""

from typing import Any

import numpy as np
import pandas as pd

from src.core.result import Tables

FIRST = ("gd", "momentum", "rmsprop", "adam")  # methods with an exponent in the headline, the first first
FAMILIES = ("aligned", "rotated", "units")  # families in which exponents are looked for, the first first
ROWS = 4


def headline_rows(tables: Tables) -> list[tuple[object, ...]]:
    """Rows of the ``headline`` table: exponents in one family; median steps, or success, where none is known."""
    exponents = tables.get("condition_exponents", pd.DataFrame())
    if not exponents.empty:
        known = exponents[np.isfinite(exponents["exponent"])]
        for family in FAMILIES:
            rows = [_exponent(row) for row in _in_order(known[known["family"] == family])]
            if rows:
                return rows[:ROWS]
    steps = tables["condition_steps"].drop_duplicates(["problem", "method"])
    reached = steps[np.isfinite(steps["steps"])]
    if reached.empty:
        return [_success(row) for row in _in_order(steps)][:ROWS]
    return [_steps(row) for row in _in_order(reached)][:ROWS]


def _in_order(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    """``rows`` as records, the methods of ``FIRST`` first, otherwise as they come."""
    place = rows["method"].map({method: number for number, method in enumerate(FIRST)}).fillna(len(FIRST))
    return rows.assign(place=place).sort_values("place", kind="stable").to_dict("records")


def _exponent(row: dict[Any, Any]) -> tuple[object, ...]:
    about = f"{row['method']} on the {row['family']} quadratics, steps to the target ~ condition number ^ exponent"
    return "condition_exponent", row["exponent"], row["exponent_low"], row["exponent_high"], "1", about


def _steps(row: dict[Any, Any]) -> tuple[object, ...]:
    about = f"{row['method']} on {row['problem']}, median over seeds"
    return "steps_to_target", row["steps"], row["steps_low"], row["steps_high"], "steps", about


def _success(row: dict[Any, Any]) -> tuple[object, ...]:
    about = f"{row['method']} on {row['problem']}, share of seeds that reach the target"
    return "success_rate", row["success_rate"], np.nan, np.nan, "share", about
