"""The cells' tables of one name as one table."""

from collections.abc import Sequence

import pandas as pd

from src.core.result import Result


def concat_tables(cells: Sequence[Result], name: str, labels: Sequence[str] = ("problem", "method")) -> pd.DataFrame:
    """All cells' tables called ``name``, one under the other; empty where no cell has one.

    Args:
        cells: results of runs, whose ``about`` holds ``labels``.
        name: of the table.
        labels: columns to add where the table has none of that name.
    """
    frames = [
        cell.tables[name].assign(
            **{label: cell.about[label] for label in labels if label not in cell.tables[name].columns}
        )
        for cell in cells
        if name in cell.tables
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
