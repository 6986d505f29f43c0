"""Paths on a two-dimensional landscape, and the landscape itself on a grid."""

import numpy as np
import pandas as pd
import torch

from src.core.problem import Problem
from src.engine.descend import DescentResult

PATHS = ("seed", "step", "x", "y")
CONTOURS = ("x", "y", "value")

PATH_SEEDS = 5
GRID = 81  # points per side


def paths_table(descent: DescentResult, first: int = 0) -> pd.DataFrame:
    """Positions of the recorded rows at every step until each row was frozen; columns ``PATHS``.

    Row r is of the seed ``first`` + r.
    """
    frames = []
    for row in range(descent.path.shape[1]):
        path = descent.path[: int(descent.taken[row]) + 1, row].numpy()
        frames.append(
            pd.DataFrame({"seed": first + row, "step": np.arange(len(path)), "x": path[:, 0], "y": path[:, 1]})
        )
    return pd.concat(frames, ignore_index=True)[list(PATHS)].replace([np.inf, -np.inf], np.nan)


def contours_table(problem: Problem, lower: torch.Tensor, upper: torch.Tensor, side: int = GRID) -> pd.DataFrame:
    """The objective on ``side`` by ``side`` points from ``lower`` (2,) to ``upper`` (2,); columns ``CONTOURS``."""
    x, y = (
        torch.linspace(float(low), float(high), side, dtype=problem.dtype)
        for low, high in zip(lower, upper, strict=True)
    )
    points = torch.cartesian_prod(x, y)
    value = problem.value(points)
    return pd.DataFrame(dict(zip(CONTOURS, (points[:, 0], points[:, 1], value), strict=True)), dtype=np.float64)
