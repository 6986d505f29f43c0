"""Scores above the known minimum: where there is one, the distance to it is what spans decades."""

from collections.abc import Sequence

import pandas as pd

from src.plotting import bands
from src.plotting.contract import About, number, of_problem
from src.plotting.style import metric_label
from src.plotting.words import above_minimum as named


def above_minimum(rows: pd.DataFrame, about: About, problem: str, columns: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """One problem's ``rows`` with the minimum taken off ``columns``, and what the score is now called.

    Rows stay as they are where the minimum is unknown, or where the score is not the objective itself
    (``about["tuning_metric"]``, one for all or one a problem; "loss" where it is not given).
    """
    label = metric_label("score", about.get("metric_labels"))
    minimum = number(of_problem(about, "minimum", problem))
    if minimum is None or of_problem(about, "tuning_metric", problem) not in {None, "loss"}:
        return rows, label
    return bands.above(rows, minimum, columns), named("score")
