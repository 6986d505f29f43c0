"""Panels of a network's symmetries, for the figures of permutations, of scaling and of both."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, number, table
from src.plotting.landscape_marks import contours
from src.plotting.layout import legend_above, sheet
from src.plotting.scales import apply, choose, finite, inside
from src.plotting.style import BAND_OPACITY, INK, dress
from src.plotting.words import brief, seeds
from src.tables.planar_tables import CONTOURS

LINE = ("share", "q25", "median", "q75")
PERMUTATIONS = ("seed", "loss_change", "distance", "barrier")
SCALE = ("branch", "orbit", "a", "w1", "w2", "loss", "sharpness")
RELU_VALLEY = "relu_valley"
_BARRIER, _LOSS, _SHARP = "#0072b2", "#009e73", "#d55e00"
_BRANCHES = {"positive": "#f0e442", "negative": "#e69f00"}
_WIDTH, _HEIGHT = 3.1, 2.8  # inches


def symmetry_page(about: About, title: str, subtitle: str, panels: int) -> tuple[Figure, list[Axes]]:
    """A page with two columns of ``panels``."""
    return sheet(
        about, title, subtitle, [_HEIGHT] * (panels // 2), width=_WIDTH, columns=2, gap=(0.9, 1.05), strip=True
    )


def valley_grid(tables: Tables) -> pd.DataFrame | None:
    """Contours of the relu valley, as a sweep has the contours of all landscapes; None where there are none."""
    grid = table(tables, "contours", CONTOURS)
    if grid is not None and "problem" in grid:
        grid = grid[grid["problem"] == RELU_VALLEY]
    return None if grid is None or grid.empty else grid


def draw_loss_between(axes: Axes, line: pd.DataFrame) -> None:
    """Median and interquartile band of the loss on the straight line."""
    dress(axes, x="share of the straight line to the permuted network", y="training loss (nats)")
    values = finite(line["q25"], line["median"], line["q75"])
    apply(axes, "y", values, choose(values))
    share = line["share"].to_numpy(dtype=float)
    low, middle, high = (inside(line[name], axes) for name in LINE[1:])
    axes.set_xlim(-0.02, 1.02)
    axes.fill_between(share, low, high, color=_BARRIER, alpha=BAND_OPACITY, linewidth=0)
    (drawn,) = axes.plot(share, middle, color=_BARRIER, linewidth=1.6)
    ends = axes.plot(
        share[[0, -1]], middle[[0, -1]], linestyle="none", marker="o", color=INK, markersize=5, clip_on=False
    )
    legend_above(axes, [drawn, ends[0]], ["loss between", "the same network"])


def draw_changes(axes: Axes, changes: pd.DataFrame) -> None:
    """Distance of each permuted network, and the rise of the loss on the line to it."""
    dress(axes, x="distance to the permuted network / its length", y="rise of the loss on the line (nats)")
    apply(axes, "x", finite(changes["distance"]), "linear")
    apply(axes, "y", finite(changes["barrier"], 0.0), "linear")
    x = np.clip(changes["distance"].to_numpy(dtype=float), *axes.get_xlim())
    dots = axes.plot(
        x, inside(changes["barrier"], axes), linestyle="none", marker=".", markersize=4, color=_BARRIER, alpha=0.5
    )
    legend_above(axes, dots, ["a network and a permutation"])


def draw_valley(axes: Axes, grid: pd.DataFrame, scale: pd.DataFrame) -> None:
    """The two branches of minima on the contours of the loss."""
    dress(axes, x="w1", y="w2")
    contours(axes, grid)
    handles: list[Any] = []
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for branch, colour in _BRANCHES.items():
        rows = scale[(scale["branch"] == branch) & (scale["orbit"] == "valley")]
        w1, w2 = (rows[name].to_numpy(dtype=float) for name in ("w1", "w2"))
        seen = (w1 >= left) & (w1 <= right) & (w2 >= bottom) & (w2 <= top)
        handles += axes.plot(w1[seen], w2[seen], color=colour, linewidth=2.2)
    legend_above(axes, handles, [f"{branch} branch" for branch in _BRANCHES])


def draw_along_the_valley(axes: Axes, scale: pd.DataFrame) -> None:
    """Loss and sharpness along the positive branch: the loss is constant, the sharpness is not."""
    dress(axes, x="scale a of (a w1, w2 / a)", y="relative to a = 1")
    rows = scale[(scale["branch"] == "positive") & (scale["orbit"] == "valley")].sort_values("a")
    a = rows["a"].to_numpy(dtype=float)
    handles: list[Line2D] = []
    curves = {name: _relative(rows[name].to_numpy(dtype=float), a) for name in ("loss", "sharpness")}
    apply(axes, "x", finite(a), "log")
    apply(axes, "y", finite(*curves.values()), "log")
    for (name, values), colour in zip(curves.items(), (_LOSS, _SHARP), strict=True):
        handles += axes.plot(a, inside(values, axes), color=colour, linewidth=1.8, label=name)
    legend_above(axes, handles, ["loss", "sharpness (largest eigenvalue)"])


def _relative(values: np.ndarray, a: np.ndarray) -> np.ndarray:
    """``values`` over the value at the scale nearest to 1."""
    if not len(values):
        return values
    with np.errstate(all="ignore"):
        return np.asarray(values / values[np.abs(np.log(np.maximum(a, 1e-300))).argmin()])


def permutation_words(changes: pd.DataFrame, about: About) -> str:
    count, worst = number(about.get("log10_equivalent")), number(changes["loss_change"].max())
    many = "" if count is None else f" (10^{count:.1f} equal minima)"
    size = "" if worst is None else f" changes the loss by {brief(worst)} of itself at most"
    return f"Permuting the hidden units of a trained perceptron{many}{size}; {seeds(about)}, median and quartiles"


def scale_words(scale: pd.DataFrame) -> str:
    valley = scale[scale["orbit"] == "valley"]["loss"].to_numpy(dtype=float)
    valley = valley[np.isfinite(valley)]
    if not len(valley) or not 0 < abs(valley.mean()) < 1e100 or np.abs(valley).max() > 1e100:
        return "w1 relu(w2 x) is the same network along each branch"
    change = np.ptp(valley) / abs(valley.mean())
    return f"w1 relu(w2 x) is the same network along each branch: its loss changes by {brief(change)} of itself"
