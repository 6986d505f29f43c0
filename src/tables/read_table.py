"""A stored table, read as it was written."""

from pathlib import Path

import pandas as pd


def stored_table(path: Path) -> pd.DataFrame:
    """The table at ``path``.

    Only an empty field is missing, since a method may be called None or NA; a run's name is a word, also 12e3.

    Raises:
        OSError: there is no such file.
        pandas.errors.EmptyDataError: the file holds no columns.
    """
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype={"run": str}, low_memory=False)


def read_table(path: Path) -> pd.DataFrame | None:
    """The table at ``path``; None where there is none, or an empty file."""
    try:
        return stored_table(path)
    except (FileNotFoundError, NotADirectoryError, pd.errors.EmptyDataError):
        return None
