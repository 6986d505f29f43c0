"""Effect of the start on the gap that a search leaves, separated from the effect of the seed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.statistics.intervals import UNKNOWN, Estimate
from src.statistics.jackknife import jackknife_interval
from src.statistics.variance_components import between_groups


def less_between(starts: pd.DataFrame, method: str, other: str) -> Estimate:
    """Standard deviation between starts in decades, of ``method`` minus of ``other``, on the landscapes of both."""
    pair = [starts[starts["method"] == name] for name in (method, other)]
    shared = set(pair[0]["problem"]) & set(pair[1]["problem"])
    if not shared:
        return UNKNOWN
    cubes = [cube(found[found["problem"].isin(shared)]) for found in pair]
    if cubes[0].shape[1] < 2:
        return Estimate(_less_between(cubes), np.nan, np.nan)
    return Estimate(_less_between(cubes), *jackknife_interval(_less_between, cubes))


def _less_between(cubes: Sequence[np.ndarray]) -> float:
    first, second = (float(between_groups(each).mean()) for each in cubes)
    return first - second


def cube(found: pd.DataFrame) -> np.ndarray:
    """Decades of one method by landscape, start and repeat, shape (P, S, N)."""
    blocks = [
        rows.pivot_table(index="start", columns="repeat", values="decades").to_numpy()
        for _, rows in found.groupby("problem", sort=True)
    ]
    return np.stack(blocks)
