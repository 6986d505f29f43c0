"""Effect of the start on the gap that a search leaves, separated from the effect of the seed."""

import numpy as np
import pandas as pd

from src.statistics.intervals import UNKNOWN, Estimate, percentile_interval, resamples
from src.statistics.variance_components import between_groups


def less_between(starts: pd.DataFrame, method: str, other: str) -> Estimate:
    """Standard deviation between starts in decades, of ``method`` minus of ``other``, on the landscapes of both."""
    pair = [starts[starts["method"] == name] for name in (method, other)]
    shared = set(pair[0]["problem"]) & set(pair[1]["problem"])
    if not shared:
        return UNKNOWN
    cubes = [cube(found[found["problem"].isin(shared)]) for found in pair]
    drawn = resamples(cubes[0].shape[1])
    values = [between_groups(cube[:, drawn]).mean(axis=0) for cube in cubes]
    low, high = percentile_interval(values[0] - values[1])
    middle = [float(between_groups(cube).mean()) for cube in cubes]
    return Estimate(middle[0] - middle[1], float(low), float(high))


def cube(found: pd.DataFrame) -> np.ndarray:
    """Decades of one method by landscape, start and repeat, shape (P, S, N)."""
    blocks = [
        rows.pivot_table(index="start", columns="repeat", values="decades").to_numpy()
        for _, rows in found.groupby("problem", sort=True)
    ]
    return np.stack(blocks)
