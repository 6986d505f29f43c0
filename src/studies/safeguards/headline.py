"""The few numbers of the study of safeguards, for comparison between versions of its code."""

import pandas as pd

from src.core.result import Tables
from src.studies.safeguards.compared_methods import ComparedMethods

GAIN = "C19"  # the claim whose last verdict compares the chain with the best part over the most problems
ROWS = 4


def headline_rows(tables: Tables, roles: ComparedMethods) -> list[tuple[object, ...]]:
    """Rows of the ``headline`` table: the chain's gain over the best part alone, and robustness of single methods.

    Robustness is over all problems where the sweep has several, else on its last problem.
    """
    rows: list[tuple[object, ...]] = []
    verdicts = tables["verdicts"]
    own = verdicts[verdicts["claim"] == GAIN]
    if len(own):
        last = own.iloc[-1]
        rows.append(("robustness_gain", last["estimate"], last["low"], last["high"], "share", last["settings"]))
    robustness = tables["robustness"].drop_duplicates("method", keep="last")
    first = [roles.chain, *roles.singles, roles.baseline]
    place = robustness["method"].map({method: number for number, method in enumerate(first)}).fillna(len(first))
    for row in _sorted(robustness, place).to_dict("records"):
        about = f"{row['method']} on {row['problem']}, share of (start, learning rate) pairs that succeed"
        rows.append(("robustness", row["robustness"], row["low"], row["high"], "share", about))
    return rows[:ROWS]


def _sorted(rows: pd.DataFrame, place: pd.Series) -> pd.DataFrame:
    return rows.assign(place=place).sort_values("place", kind="stable")
