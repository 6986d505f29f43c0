"""A stored table as the page shows it: texts, keys to sort by, and links of methods and problems."""

import math
import numbers
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.report.numbers import number
from pipelines.report.stored_tables import profile_of

DIGITS = 4  # of the numbers in tables


@dataclass(frozen=True)
class Cell:
    """One cell: what is shown, what it is sorted by, and its column's name."""

    text: str
    key: str
    column: str


@dataclass(frozen=True)
class ShownTable:
    """A table.

    Attributes:
        name: the table's name.
        profile: the profile of its runs.
        columns: name of each column, and whether it holds numbers.
        rows: cells, row by row.
    """

    name: str
    profile: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]


def shown_table(name: str, table: pd.DataFrame, columns: Sequence[str] | None = None) -> ShownTable:
    """``table`` without the column of its profile, or those of ``columns`` that it has."""
    kept = [column for column in (columns or table.columns) if column in table and column != "profile"]
    numeric = tuple(
        (column, pd.api.types.is_numeric_dtype(table[column]) and not pd.api.types.is_bool_dtype(table[column]))
        for column in kept
    )
    rows = tuple(
        tuple(_cell(value, column) for value, column in zip(row, kept, strict=True))
        for row in table[kept].itertuples(index=False, name=None)
    )
    return ShownTable(name, profile_of(table), numeric, rows)


def _cell(value: object, column: str) -> Cell:
    if isinstance(value, bool | np.bool_):
        return Cell("yes" if value else "no", str(int(value)), column)
    if isinstance(value, numbers.Real):
        size = float(value)
        return Cell(number(size, DIGITS), "" if math.isnan(size) else repr(size), column)
    text = "" if value is None or value is pd.NaT else str(value)
    return Cell(text, text, column)
