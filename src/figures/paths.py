"""The paths of a few seeds over the contours of a two-dimensional landscape."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, number, table
from src.plotting.grey_contours import draw_contours
from src.plotting.layout import legend_above, sheet
from src.plotting.scales import finite
from src.plotting.style import INK, MUTED, SMALL, TEXT, dress, line
from src.plotting.words import brief, subject
from src.tables.planar_tables import CONTOURS, PATHS

_MOST_PATHS = 5
_HEIGHT, _WIDEST = 4.0, 5.6  # inches
_MARKS: dict[str, dict[str, Any]] = {
    "start": {"marker": "o", "markerfacecolor": "white", "markersize": 6},
    "end": {"marker": "s", "markersize": 6},
    "known minimum": {"marker": "*", "markersize": 12, "color": "#f0e442", "markeredgecolor": INK},
}


@draws("run")
def paths(tables: Tables, about: About) -> Figure | None:
    """Up to five paths, with start and end, over filled contours whose levels are even in the log of the height."""
    steps, grid = table(tables, "paths", PATHS), table(tables, "contours", CONTOURS)
    if steps is None or grid is None or not finite(grid["value"]).size:
        return None
    optimizer, problem = subject(about)
    minimum = number(about.get("minimum"))
    box = [(grid[name].min(), grid[name].max()) for name in ("x", "y")]
    ratio = (box[0][1] - box[0][0]) / max(box[1][1] - box[1][0], 1e-12)
    shown = [rows.sort_values("step") for _, rows in list(steps.groupby("seed"))[:_MOST_PATHS]]
    figure, (axes,) = sheet(
        about,
        f"Where does {optimizer} go on {problem}?",
        _subtitle(shown, box, about),
        [_HEIGHT],
        width=min(max(_HEIGHT * ratio, 0.6 * _HEIGHT), _WIDEST),
        strip=True,
        right=0.95,
    )
    dress(axes, x="x", y="y")
    axes.grid(visible=False)
    filled = draw_contours(axes, grid, minimum)
    for rows in shown:
        _draw_path(axes, rows, box, optimizer)
    minima = [tuple(point) for point in about.get("minimum_points") or [] if len(point) == 2]
    for x, y in minima:
        axes.plot([x], [y], linestyle="none", zorder=5, clip_on=not _within((x, y), box), **_MARKS["known minimum"])
    axes.set_xlim(*box[0])
    axes.set_ylim(*box[1])
    _draw_legend(axes, optimizer, bool(minima))
    _draw_scale(figure, axes, filled, minimum is not None)
    return figure


def _draw_path(axes: Axes, rows: pd.DataFrame, box: Sequence[tuple[float, float]], optimizer: str) -> None:
    """One seed's path. Points far outside the box are brought near it: their numbers could overflow the renderer."""
    points = rows[["x", "y"]].to_numpy(dtype=float)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return
    low, high = np.array(box).T
    points = np.clip(points, low - 10 * (high - low), high + 10 * (high - low))
    look = line(optimizer)
    axes.plot(points[:, 0], points[:, 1], color=look["color"], linewidth=1.1, alpha=0.85)
    for name, place in (("start", points[0]), ("end", points[-1])):
        mark = {"color": look["color"], **_MARKS[name]}
        axes.plot(*place[:, None], linestyle="none", zorder=4, clip_on=not _within(place, box), **mark)


def _within(point: Sequence[float] | np.ndarray, box: Sequence[tuple[float, float]]) -> bool:
    """Whether ``point`` is in the box: its marker is then drawn whole, even on the edge."""
    return all(low <= value <= high for value, (low, high) in zip(point, box, strict=True))


def _draw_legend(axes: Axes, optimizer: str, minima: bool) -> None:
    look = line(optimizer)
    names = ["start", "end"] + ["known minimum"] * minima
    marks = [Line2D([], [], linestyle="none", **{"color": look["color"], **_MARKS[name]}) for name in names]
    legend_above(axes, [Line2D([], [], color=look["color"]), *marks], [optimizer, *names])


def _draw_scale(figure: Figure, axes: Axes, filled: QuadContourSet, known: bool) -> None:
    """The heights that the greys stand for, at the right."""
    place, total = axes.get_position(), figure.get_size_inches()[0]
    beside = figure.add_axes((place.x1 + 0.12 / total, place.y0, 0.14 / total, place.height))
    places = np.asarray(filled.levels)[::3]
    bar = figure.colorbar(filled, cax=beside)
    beside.set_yticks(places, [brief(level) for level in places])
    beside.tick_params(labelsize=SMALL, colors=MUTED, labelcolor=INK, length=3)
    beside.minorticks_off()
    bar.outline.set_edgecolor(MUTED)
    beside.set_ylabel(
        "height above the minimum" if known else "height above the lowest point drawn", fontsize=TEXT, color=INK
    )


def _subtitle(shown: Sequence[pd.DataFrame], box: Sequence[tuple[float, float]], about: About) -> str:
    rate = number(about.get("best_learning_rate"))
    words = f"{len(shown)} seed{'' if len(shown) == 1 else 's'}" + (f", learning rate {brief(rate)}" if rate else "")
    (left, right), (bottom, top) = box
    inside = [(r["x"].between(left, right) & r["y"].between(bottom, top)).all() for r in shown]
    away = len(shown) - sum(inside)
    leave = "leaves" if away == 1 else "leave"
    return words + (f"; {away} of {len(shown)} paths {leave} the box" if away else "")
