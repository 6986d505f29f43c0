"""Best point that each replicate of a search found."""

import numpy as np
import pandas as pd

from src.engine.search import SearchResult

SHOWN = 6  # coordinates up to which a point is written out


def best_points_table(trace: SearchResult, first: int = 0) -> pd.DataFrame:
    """One row per seed: ``seed``, ``value``, and the point's coordinates ``x1``, ``x2``, …

    Row r is of the seed ``first`` + r. Value and coordinates are NaN where no value was finite.
    """
    value = trace.best[:, -1].double().numpy()
    points = trace.point.double().numpy()
    columns = {f"x{number + 1}": points[:, number] for number in range(points.shape[1])}
    table = pd.DataFrame(
        {"seed": first + np.arange(len(value)), "value": np.where(np.isfinite(value), value, np.nan)}
    )
    return table.join(pd.DataFrame(columns))


def point_in_words(row: pd.Series) -> str:
    """A row's point as "(512, 404.23)"; of many coordinates the first ones and how many there are."""
    names = [name for name in row.index if name[1:].isdecimal() and name[0] == "x"]
    values = row[names].astype(float).dropna()  # problems of fewer dimensions leave the last ones empty
    shown = ", ".join(f"{value:.6g}" for value in values.iloc[:SHOWN])
    return f"({shown})" if len(values) <= SHOWN else f"({shown}, …), {len(values)} coordinates"
