"""Tables of several runs become one table that says which run each row is of."""

import pandas as pd

from src.core.result import Result
from src.tables.concat_tables import concat_tables


def cell(label, **columns):
    about = {"problem": "bowl", "method": label, "schedule": "cosine"}
    return Result(tables={"curves": pd.DataFrame(columns)} if columns else {}, metrics={}, about=about)


def test_rows_bear_the_labels_of_their_run_and_runs_without_the_table_are_left_out():
    cells = [cell("gd", step=[0, 1]), cell("none"), cell("adam", step=[0])]
    table = concat_tables(cells, "curves", ("problem", "method", "schedule"))
    assert table.columns.tolist() == ["step", "problem", "method", "schedule"]
    assert table["method"].tolist() == ["gd", "gd", "adam"]
    assert table.index.tolist() == [0, 1, 2]


def test_a_column_of_the_table_itself_is_not_overwritten():
    table = concat_tables([cell("adam (schedule=cosine)", step=[0], method=["adam"])], "curves")
    assert table["method"].tolist() == ["adam"]


def test_no_run_has_the_table():
    assert concat_tables([cell("gd")], "curves").empty
