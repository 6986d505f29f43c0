"""The small tables that answer what a genetic algorithm's parameters do."""

import pandas as pd

from src.studies.study import Tables


def answer_tables(question: str, tables: Tables) -> Tables:
    """What each parameter gains, per generation and per evaluation, and the verdicts."""
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
