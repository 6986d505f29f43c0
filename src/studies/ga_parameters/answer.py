"""Small tables that answer what a genetic algorithm's parameters do, and the few numbers of the study."""

import numpy as np
import pandas as pd

from src.core.result import Tables


def answer_tables(question: str, tables: Tables) -> Tables:
    """Gain of each parameter, per generation and per evaluation, and the verdicts."""
    effects = tables["parameter_effects"]
    shown = pd.DataFrame(
        {
            "problem": effects["problem"],
            "equal": effects["by"],
            "parameter": effects["parameter"],
            "best": effects["best"],
            "worst": effects["worst"],
            "gain in decades": effects["gain"].map("{:.2f}".format),
            "95 %": effects["low"].map("{:.2f}".format) + " to " + effects["high"].map("{:.2f}".format),
        }
    )
    verdicts = tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
    return {question: shown, "Verdicts": verdicts}


def headline_rows(effects: pd.DataFrame) -> list[tuple[object, ...]]:
    """Rows of ``headline``: the largest gain of all parameters at equal evaluations, and of each other parameter.

    Each gain is of a parameter's best level over its worst, on the problem where it is largest.
    """
    first = "largest_gain_of_a_parameter"
    if effects.empty:
        return [(first, np.nan, np.nan, np.nan, "decades", "no parameter has two levels")]
    rows = effects[effects["by"] == "evaluations"].sort_values("gain", ascending=False, kind="stable")
    found = list[tuple[object, ...]]()
    for row in rows.drop_duplicates("parameter").to_dict("records"):
        quantity = f"largest_gain_of_{row['parameter']}" if found else first
        about = f"{row['parameter']} {row['best']} over {row['worst']}, {row['problem']}, equal evaluations"
        found.append((quantity, row["gain"], row["low"], row["high"], "decades", about))
    return found
