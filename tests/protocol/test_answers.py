"""Headlines from verdicts, and bare names of methods."""

import numpy as np
import pandas as pd

from src.core.result import Result
from src.protocol.answers import printed_verdicts, row_without_value, rows_of_verdicts
from src.protocol.bare_methods import bare_methods
from src.protocol.claims import VERDICTS, verdicts_table

NAN = np.nan


def verdicts(*rows):
    blank = dict.fromkeys(VERDICTS, "")
    return verdicts_table(
        [blank | {"claim": c, "settings": s, "estimate": e, "low": 0, "high": 1} for c, s, e in rows]
    )


def test_the_most_important_claim_comes_first_and_estimates_without_a_number_last():
    table = verdicts(("C1.b", "on p", 0.5), ("C1.a", "on q", NAN), ("C1.a", "on p", 2.0), ("C2", "on p", 9.0))
    rows = rows_of_verdicts(table, {"C1.a": ("gain", "decades"), "C1.b": ("cost", "share")})
    assert [row[0] for row in rows] == ["gain", "cost", "gain"]
    assert rows[0] == ("gain", 2.0, 0.0, 1.0, "decades", "on p")
    assert len(rows_of_verdicts(table, {"C1.a": ("gain", "decades")}, count=1)) == 1
    assert rows_of_verdicts(table.iloc[:0], {"C1.a": ("gain", "decades")}) == []


def test_a_row_without_value_has_no_number():
    assert np.isnan(row_without_value("gain", "decades", "needs adam")[1:4]).all()


def test_printed_verdicts_fit_a_terminal():
    gathered = Result(tables={"verdicts": verdicts(("C1", "on p", 0.5))}, metrics={})
    assert printed_verdicts(gathered)["estimate"].tolist() == [0.5]
    assert "reason" not in printed_verdicts(gathered)


def test_bare_methods_lose_what_other_columns_repeat():
    cells = [Result(tables={}, metrics={}, about={"method": name}) for name in ("adam (schedule=cosine)", "gd")]
    assert [cell.about["method"] for cell in bare_methods(cells)] == ["adam", "gd"]
    assert cells[0].about["method"] == "adam (schedule=cosine)"
    assert pd.Series(cells[1].about).to_dict() == {"method": "gd"}
