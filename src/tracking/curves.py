"""Curves over steps, thinned to what a chart can show."""

from pathlib import Path

import numpy as np
import pandas as pd

POINTS = 120  # per curve: 18 curves cost 0.1 s; a chart is about 400 pixels wide
QUANTILES = ("median", "q25", "q75")


def chosen(steps: np.ndarray, points: int = POINTS) -> np.ndarray:
    """Indices (K,), K <= ``points``, of the steps to keep, from sorted steps (N,).

    Half of them spaced evenly, for the view as a whole; half by the logarithm, for the first steps, in which most
    happens. The first and the last are always kept.
    """
    if len(steps) <= points:
        return np.arange(len(steps))
    even = np.linspace(0, len(steps) - 1, points // 2)
    dense = np.geomspace(1, len(steps), points // 2) - 1
    return np.unique(np.concatenate([even, dense]).round().astype(np.int64))


def points(path: Path) -> dict[str, list[tuple[int, float]]]:
    """Steps and values of each curve in ``curves.csv``, named QUANTILE/METRIC.

    The server's charts make a section of each prefix, in alphabetical order: all medians come first, side by side.
    Values that are not finite (a diverged replicate's quantile) are left out after the thinning, so runs of one
    length keep the same steps.
    """
    found: dict[str, list[tuple[int, float]]] = {}
    for metric, table in pd.read_csv(path).groupby("metric", sort=False):
        whole = table.sort_values("step").drop_duplicates("step")
        rows = whole.iloc[chosen(whole["step"].to_numpy())]
        steps = rows["step"].to_numpy(np.int64)
        for quantile in QUANTILES:
            values = rows[quantile].to_numpy(np.float64)
            kept = np.isfinite(values)
            if kept.any():
                found[f"{quantile}/{metric}"] = list(zip(steps[kept].tolist(), values[kept].tolist(), strict=True))
    return found
