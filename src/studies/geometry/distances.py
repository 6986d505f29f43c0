"""Distances between normal points, dimension by dimension (claim C1, row R63)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.core.streams import Seed
from src.statistics.concentration import exact_spread, limit_spread, pairwise_spread
from src.statistics.intervals import Array, Estimate, bootstrap, bootstrap_interval, mean
from src.statistics.scaling import power_law

DISTANCES = (
    "seed",
    "dimension",  # number of coordinates of the points
    "mean",  # mean distance over all pairs
    "spread",  # standard deviation of the distance over its mean
    "contrast",  # mean distance to the nearest other point over the mean distance to the farthest
)
CONCENTRATION = (
    "dimension",
    "spread", "spread_low", "spread_high",  # mean over the seeds with its 95 % interval
    "exact",  # spread of the chi distribution
    "limit",  # limit law 1 / sqrt(2 d)
    "contrast", "contrast_low", "contrast_high",
)  # fmt: skip


def distances_table(seeds: Sequence[Seed], points: int, dimensions: Sequence[int]) -> pd.DataFrame:
    """One row per seed and dimension; columns ``DISTANCES``.

    A seed's points in d dimensions are the first d coordinates of its points in more dimensions, so that the points
    do not depend on ``dimensions``.
    """
    rows = []
    for seed in seeds:
        drawn = seed.generator("data").standard_normal((max(dimensions), points))
        for dimension in dimensions:
            found = pairwise_spread(np.ascontiguousarray(drawn[:dimension].T))
            rows.append((seed.number, dimension, found.mean, found.sd / found.mean, found.nearest / found.farthest))
    return pd.DataFrame(rows, columns=list(DISTANCES))


def _by_seed(distances: pd.DataFrame, column: str) -> tuple[Array, Array]:
    """Dimensions (K,) ascending, and ``column`` by seed and dimension, (S, K)."""
    wide = distances.pivot_table(index="seed", columns="dimension", values=column)
    return wide.columns.to_numpy(np.float64), wide.to_numpy(np.float64)


def concentration_table(distances: pd.DataFrame) -> pd.DataFrame:
    """One row per dimension, over the seeds; columns ``CONCENTRATION``."""
    dimensions, spread = _by_seed(distances, "spread")
    _, contrast = _by_seed(distances, "contrast")
    columns: dict[str, Array] = {
        "dimension": dimensions,
        "exact": exact_spread(dimensions),
        "limit": limit_spread(dimensions),
    }
    for name, values in (("spread", spread), ("contrast", contrast)):
        low, high = bootstrap_interval(values.T, mean)
        columns |= {name: values.mean(0), f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(columns)[list(CONCENTRATION)].astype({"dimension": int})


def exponent(distances: pd.DataFrame, *, corrected: bool, at_least: int = 1) -> Estimate:
    """Exponent of the spread in the dimension: mean over the seeds' fits, with its 95 % interval.

    Args:
        distances: columns ``DISTANCES``.
        corrected: whether each spread is first divided by the ratio of the chi distribution's spread to the limit
            law, so that small dimensions can take part.
        at_least: smallest dimension in the fit.
    """
    dimensions, spread = _by_seed(distances, "spread")
    kept = dimensions >= at_least
    if corrected:
        spread = spread * limit_spread(dimensions) / exact_spread(dimensions)
    return power_law(dimensions[kept], spread[:, kept])


def fall(distances: pd.DataFrame) -> Estimate:
    """Decades from the spread in the fewest to that in the most dimensions: mean over the seeds, 95 % interval."""
    _, spread = _by_seed(distances, "spread")
    return bootstrap(np.log10(spread[:, -1] / spread[:, 0]), mean)
