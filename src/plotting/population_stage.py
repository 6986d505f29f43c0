"""A generation of a search on its landscape: what the panels and the film of a population share."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from src.plotting.contract import About, number
from src.plotting.grey_contours import draw_contours
from src.plotting.style import INK, dress, line
from src.plotting.words import brief

COLUMNS = ("generation", "evaluations", "x", "y", "value")
_STAR: dict[str, Any] = {
    "marker": "*",
    "markersize": 14,
    "color": "#f0e442",
    "markeredgecolor": INK,
    "linestyle": "none",
}


def draw_landscape(axes: Axes, grid: pd.DataFrame, about: About) -> None:
    """Draw the landscape under a population, with its known minima."""
    dress(axes, x="x", y="y")
    axes.grid(visible=False)
    draw_contours(axes, grid, number(about.get("minimum")))
    for point in about.get("minimum_points") or []:
        if len(point) == 2:
            axes.plot(*np.array(point, dtype=float)[:, None], zorder=3, clip_on=False, **_STAR)
    axes.set_xlim(grid["x"].min(), grid["x"].max())
    axes.set_ylim(grid["y"].min(), grid["y"].max())


def draw_generation(axes: Axes, rows: pd.DataFrame, best: pd.Series, method: str) -> list[Any]:
    """The generation's points and the best so far; numbers that are none, or far away, are not drawn."""
    shade = line(method)["color"]
    points = np.clip(rows[["x", "y"]].to_numpy(dtype=float), -1e9, 1e9)
    small = axes.plot(*points.T, marker="o", markersize=3.4, color=shade, linestyle="none", alpha=0.75, zorder=4)
    place = np.clip(best[["x", "y"]].to_numpy(dtype=float), -1e9, 1e9)[:, None]
    large = axes.plot(*place, marker="o", markersize=7, color=shade, markeredgecolor="white", zorder=5, clip_on=False)
    return [*small, *large]


def best_so_far(found: pd.DataFrame, generation: int) -> pd.Series:
    """The point with the lowest value up to ``generation``."""
    before = found[found["generation"] <= generation]
    values = before["value"].to_numpy(dtype=float)
    return before.iloc[int(np.argmin(np.where(np.isnan(values), np.inf, values)))]


def evaluations_in_words(rows: pd.DataFrame) -> str:
    """Evaluations spent by the end of a generation, in words."""
    return f"{brief(float(rows['evaluations'].iloc[0]))} evaluations"
