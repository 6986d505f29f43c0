"""How a landscape is drawn wherever it is: filled contours or a curve, its chord, and its minima."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.lines import Line2D

from src.plotting.scales import apply, finite
from src.plotting.style import INK

MINIMA = ("x", "y", "value", "level")
SECTION = ("x", "value", "chord")
CURVE, CHORD = "#0072b2", "#d55e00"
MARKS: dict[str, dict[str, Any]] = {
    "global minimum": {"marker": "*", "markersize": 11, "color": "#f0e442", "markeredgecolor": INK},
    "local minimum": {"marker": "o", "markersize": 3.6, "color": "white", "markeredgecolor": INK},
}
_LEVELS = 25


def square(grid: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The grid's x (K,), y (M,) and heights (M, K), masked where they are not finite."""
    wide = grid.pivot_table(index="y", columns="x", values="value", dropna=False)
    values = np.ma.masked_invalid(wide.to_numpy(dtype=float))
    return wide.columns.to_numpy(dtype=float), wide.index.to_numpy(dtype=float), np.ma.clip(values, -1e100, 1e100)


def ranks(heights: np.ndarray) -> np.ndarray:
    """``_LEVELS`` ascending levels between which lie equal shares of the grid; an even scale where values repeat."""
    known = np.ma.compressed(heights)
    low, high = float(known.min()), float(known.max())
    levels = np.unique(np.quantile(known, np.linspace(0, 1, _LEVELS)))
    return levels if len(levels) > 2 and high - low > 1e-200 else np.array([low, low + max(abs(low), 1.0) * 1e-3])


def contours(axes: Axes, grid: pd.DataFrame) -> QuadContourSet | None:
    """Filled contours, dark below, with equal areas between them; None where no height is finite."""
    x, y, heights = square(grid)
    if not np.ma.count(heights) or min(heights.shape) < 2:
        return None
    levels = ranks(heights)
    colours = colormaps["viridis"](np.linspace(0, 1, len(levels)))
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])
    axes.grid(visible=False)
    return axes.contourf(x, y, heights, levels=levels, colors=colours, extend="both")


def curve(axes: Axes, section: pd.DataFrame) -> None:
    """A landscape of one coordinate, and the chord under it or through it."""
    section = section[np.isfinite(section["x"])]
    x = np.clip(section["x"].to_numpy(dtype=float), -1e100, 1e100)
    apply(axes, "y", finite(section["value"], section["chord"]), "linear")
    if len(x):
        axes.set_xlim(x.min(), x.max() if x.max() > x.min() else x.min() + max(abs(x.min()), 1.0) * 0.01)
    looks: dict[str, dict[str, Any]] = {"value": {"color": CURVE}, "chord": {"color": CHORD, "linestyle": "--"}}
    for name, look in looks.items():
        heights = np.clip(section[name].to_numpy(dtype=float), -1e100, 1e100)
        axes.plot(x, heights, linewidth=1.4, **look)


def minima(axes: Axes, found: pd.DataFrame, *, flat: bool) -> None:
    """Mark minima: on contours at (x, y), or, where not ``flat``, on a curve at (x, value)."""
    second = "y" if flat else "value"
    points = found[np.isfinite(found[["x", second]]).all(axis=1)]
    for name, mark in reversed(MARKS.items()):
        chosen = points[points["level"] == name.split()[0]]
        at = np.clip(chosen[["x", second]].to_numpy(dtype=float), -1e100, 1e100)
        axes.plot(at[:, 0], at[:, 1], linestyle="none", zorder=5, clip_on=not _inside(axes, at), **mark)


def _inside(axes: Axes, at: np.ndarray) -> bool:
    """Whether all points are within the limits, the edge included: their markers are then drawn whole."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return bool(((at >= (left, bottom)) & (at <= (right, top))).all())


def legend_handles(*, chord: bool) -> dict[str, Line2D]:
    """What the marks stand for."""
    handles = {name: Line2D([], [], linestyle="none", **mark) for name, mark in MARKS.items()}
    return handles | ({"chord": Line2D([], [], color=CHORD, linestyle="--")} if chord else {})


def counted(row: Mapping[Hashable, Any]) -> str:
    """Numbers of minima in words."""
    valleys = " (valleys)" if row["valleys"] > 0 else ""
    parts = [f"{row['global_minima']:.0f} global{valleys}"]
    parts += [f"{row[key]:.0f} {word}" for key, word in _COUNTS.items() if row[key] > 0]
    return ", ".join(parts)


_COUNTS = {"local_minima": "local", "edge_minima": "edge"}
