"""Dots with intervals of methods on networks: what the figures of accuracy and of gains share."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting import dot_panels as dots
from src.plotting.contract import About, in_order
from src.plotting.panels import ordered
from src.plotting.scales import finite
from src.plotting.style import line, marker

ENDS = ("low", "high")
ACCURACIES = ("problem", "method", "setting", "batch", "accuracy", *ENDS)
GAINS = ("problem", "method", "default_rate", "best_learning_rate", "gain", *ENDS)
SETTINGS = ("default", "tuned")


def method_panels(
    found: pd.DataFrame, about: About, title: str, subtitle: str
) -> tuple[Figure, dict[str, Axes], Sequence[str]]:
    methods = ordered(in_order(found, "method"))
    study = f"{about['study']}: {subtitle[0].lower()}{subtitle[1:]}" if about.get("study") else subtitle
    figure, panels = dots.grid(about, title, study, found, methods)
    return figure, panels, methods


def draw_dot(axes: Axes, row: pd.DataFrame, column: str, place: int, setting: str) -> float | None:
    """Draw one mean and its interval; the mean, or None where there is none."""
    if row.empty or not finite(row[column]).size:
        return None
    middle = float(finite(row[column])[0])
    ends = [end[0] if (end := finite(row[name])).size else middle for name in ENDS]
    method = str(row["method"].iloc[0])
    look = line(method)
    left, right = axes.get_xlim()
    axes.plot(np.clip(ends, left, right), [place, place], color=look["color"], linewidth=1.6, solid_capstyle="butt")
    face = look["color"] if setting == "tuned" else "white"
    axes.plot(
        [middle], [place], marker=marker(method), color=look["color"], markerfacecolor=face, markersize=6.5,
        linestyle="none",
    )  # fmt: skip
    return middle
