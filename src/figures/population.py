"""A population on its landscape: a few moments of a search side by side, or all of them as a film."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.core.tables import CONTOURS
from src.figures.contract import About, Movie, Tables, number, table
from src.figures.paths import draw_contours
from src.figures.scales import finite
from src.figures.sheet import sheet
from src.figures.style import INK, dress, line
from src.figures.words import brief, subject

COLUMNS = ("generation", "evaluations", "x", "y", "value")
_MOMENTS, _COLUMNS, _SIDE = 6, 3, 2.1  # panels, panels in a row, inches
_FILM_SIDE = 3.6  # inches
_STAR: dict[str, Any] = {
    "marker": "*",
    "markersize": 14,
    "color": "#f0e442",
    "markeredgecolor": INK,
    "linestyle": "none",
}


def population(tables: Tables, about: About) -> Figure | None:
    """Six generations from the first to the last, evenly in the number of those kept; the best so far is marked."""
    found, grid = table(tables, "population", COLUMNS), table(tables, "contours", CONTOURS)
    if found is None or grid is None or not finite(grid["value"]).size:
        return None
    generations = np.unique(found["generation"])
    shown = generations[np.unique(np.linspace(0, len(generations) - 1, min(_MOMENTS, len(generations))).astype(int))]
    method, problem = subject(about)
    figure, every = sheet(
        about,
        f"How does {method} search {problem}?",
        "One seed's points, generation by generation; large: the best so far; darker is higher; star: known minimum",
        [_SIDE] * -(-len(shown) // _COLUMNS),
        width=_SIDE,
        columns=min(_COLUMNS, len(shown)),
        count=len(shown),
        gap=(0.6, 0.78),
        titled=True,
    )
    for axes, generation in zip(every, shown, strict=True):
        _stage(axes, grid, about)
        rows = found[found["generation"] == generation]
        _actors(axes, rows, _best(found, generation), method)
        axes.set_title(_said(rows), fontsize=8, loc="left", color=INK)
    return figure


def population_movie(tables: Tables, about: About) -> Movie | None:
    """Every generation that was kept, one after another."""
    found, grid = table(tables, "population", COLUMNS), table(tables, "contours", CONTOURS)
    if found is None or grid is None or not finite(grid["value"]).size:
        return None
    generations = np.unique(found["generation"])
    method, problem = subject(about)
    figure, (axes,) = sheet(
        about,
        f"How does {method} search {problem}?",
        "One seed's points; large: the best so far; darker is higher; star: known minimum",
        [_FILM_SIDE],
        width=_FILM_SIDE,
        titled=True,
    )
    _stage(axes, grid, about)
    on_stage: list[Any] = []

    def show(frame: int) -> None:
        while on_stage:
            on_stage.pop().remove()
        generation = generations[frame]
        rows = found[found["generation"] == generation]
        on_stage.extend(_actors(axes, rows, _best(found, generation), method))
        axes.set_title(_said(rows), fontsize=8, loc="left", color=INK)

    show(len(generations) - 1)
    return Movie(figure, len(generations), show)


def _stage(axes: Axes, grid: pd.DataFrame, about: About) -> None:
    dress(axes, x="x", y="y")
    axes.grid(visible=False)
    draw_contours(axes, grid, number(about.get("minimum")))
    for point in about.get("minimum_points") or []:
        if len(point) == 2:
            axes.plot(*np.array(point, dtype=float)[:, None], zorder=3, clip_on=False, **_STAR)
    axes.set_xlim(grid["x"].min(), grid["x"].max())
    axes.set_ylim(grid["y"].min(), grid["y"].max())


def _actors(axes: Axes, rows: pd.DataFrame, best: pd.Series, method: str) -> list[Any]:
    """The generation's points and the best so far; numbers that are none, or far away, are not drawn."""
    shade = line(method)["color"]
    points = np.clip(rows[["x", "y"]].to_numpy(dtype=float), -1e9, 1e9)
    small = axes.plot(*points.T, marker="o", markersize=3.4, color=shade, linestyle="none", alpha=0.75, zorder=4)
    place = np.clip(best[["x", "y"]].to_numpy(dtype=float), -1e9, 1e9)[:, None]
    large = axes.plot(*place, marker="o", markersize=7, color=shade, markeredgecolor="white", zorder=5, clip_on=False)
    return [*small, *large]


def _best(found: pd.DataFrame, generation: int) -> pd.Series:
    """The point with the lowest value up to ``generation``."""
    before = found[found["generation"] <= generation]
    values = before["value"].to_numpy(dtype=float)
    return before.iloc[int(np.argmin(np.where(np.isnan(values), np.inf, values)))]


def _said(rows: pd.DataFrame) -> str:
    return f"{brief(float(rows['evaluations'].iloc[0]))} evaluations"
