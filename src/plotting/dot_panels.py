"""Dots with intervals, a panel for each problem and a row for each method: what ranking and success share."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting.contract import About, in_order
from src.plotting.layout import sheet, width_of
from src.plotting.panels import columns_for
from src.plotting.style import MUTED, SMALL, dress, line, marker

_WIDTH, _ROW = 1.9, 0.19  # inches: a panel's width, a method's height


def grid(
    about: About, title: str, subtitle: str, ranking: pd.DataFrame, methods: Sequence[str]
) -> tuple[Figure, dict[str, Axes]]:
    """A figure whose panels share their rows, named in the first column: the first of ``methods`` is on top."""
    problems = in_order(ranking, "problem")
    columns = columns_for(len(problems))
    figure, every = sheet(
        about,
        title,
        subtitle,
        [max(_ROW * len(methods), 0.5) + 0.1] * -(-len(problems) // columns),
        width=_WIDTH * (1.6 if len(problems) <= 2 else 1.0),
        columns=columns,
        count=len(problems),
        left=width_of(methods, SMALL) + 0.25,
        gap=(0.25, 0.72),
        titled=True,
    )
    for place, (axes, problem) in enumerate(zip(every, problems, strict=True)):
        dress(axes, title=problem)
        axes.set_ylim(len(methods) - 0.4, -0.6)
        axes.set_yticks(range(len(methods)), methods if place % columns == 0 else [""] * len(methods))
    return figure, dict(zip(problems, every, strict=True))


def draw(axes: Axes, rows: pd.DataFrame, methods: Sequence[str], columns: tuple[str, str, str]) -> None:
    """One problem's dots. ``columns`` name the estimate and its interval's ends.

    An estimate that is not finite is said in words; an end that is not finite reaches the panel's edge.
    """
    left, right = axes.get_xlim()
    for row, method in enumerate(methods):
        found = rows.loc[rows["method"] == method, list(columns)]
        if found.empty:
            continue
        middle, low, high = found.iloc[0].to_numpy(dtype=float)
        if not np.isfinite(middle):
            word = "diverged" if middle == np.inf else "no value"
            place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center"}
            axes.text(0.99, row, word, fontsize=SMALL, color=MUTED, **place)
            continue
        ends = np.clip(np.nan_to_num([low, high], nan=middle, posinf=right, neginf=left), left, right)
        look = line(method)
        axes.plot(ends, [row, row], color=look["color"], linewidth=1.6, solid_capstyle="butt")
        axes.plot([middle], [row], marker=marker(method), color=look["color"], markersize=5.5, clip_on=False)
