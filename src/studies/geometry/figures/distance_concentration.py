"""Spread of distances between random points against the dimension (claim C1, row R63)."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, number, table
from src.plotting.layout import legend_above, sheet
from src.plotting.scales import apply, finite, inside
from src.plotting.style import INK, MUTED, dress
from src.plotting.words import seeds

COLUMNS = (
    "dimension", "spread", "spread_low", "spread_high", "exact", "limit", "contrast", "contrast_low", "contrast_high",
)  # fmt: skip
_MEASURED, _CONTRAST = "#0072b2", "#d55e00"


@draws("run", "sweep")
def distance_concentration(tables: Tables, about: About) -> Figure | None:
    """Left: sd/mean of pairwise distances with both laws. Right: nearest over farthest distance."""
    rows = table(tables, "concentration", COLUMNS)
    if rows is None:
        return None
    rows = rows.sort_values("dimension")
    points = number(about.get("points"))
    cloud = "points" if points is None else f"{points:.0f} points"
    figure, (left, right) = sheet(
        about,
        "Do distances between random points concentrate in high dimension?",
        f"Pairwise distances of {cloud} drawn from N(0, I): mean over {seeds(about)}, with 95 % intervals. "
        + _exponent(tables),
        [3.2],
        width=3.9,
        columns=2,
        gap=(0.8, 0.6),
        strip=True,
    )
    dress(left, x="dimension d", y="sd / mean of the distance")
    dress(right, x="dimension d", y="nearest / farthest distance")
    x = rows["dimension"].to_numpy(dtype=float)
    for axes in (left, right):
        apply(axes, "x", finite(x), "log")
    apply(left, "y", finite(rows["spread"], rows["exact"], rows["limit"]), "log")
    right.set_ylim(0, 1)
    looks: dict[str, dict[str, Any]] = {"limit": {"linestyle": "--", "color": MUTED}, "exact": {"color": INK}}
    for name, look in looks.items():
        left.plot(x, inside(rows[name], left), linewidth=1.2, **look)
    _dots(left, x, rows, "spread", _MEASURED)
    _dots(right, x, rows, "contrast", _CONTRAST)
    handles = [
        Line2D([], [], color=_MEASURED, marker="o", markersize=4.5),
        Line2D([], [], color=INK),
        Line2D([], [], color=MUTED, linestyle="--"),
    ]
    legend_above(left, handles, ["measured", "chi law", "1/√(2d)"])
    legend_above(right, [Line2D([], [], color=_CONTRAST, marker="o", markersize=4.5)], ["mean over the points"])
    return figure


def _dots(axes: Axes, x: np.ndarray, rows: pd.DataFrame, name: str, colour: str) -> None:
    """Means with their intervals; an interval with an end that is not finite is left out."""
    middle, low, high = (inside(rows[each], axes) for each in (name, f"{name}_low", f"{name}_high"))
    axes.vlines(x, low, high, color=colour, linewidth=2.2)
    linestyle = "none" if name == "spread" else "-"
    axes.plot(x, middle, marker="o", markersize=4.5, linestyle=linestyle, linewidth=1.2, color=colour)


def _exponent(tables: Tables) -> str:
    found = table(tables, "exponents", ("fit", "exponent", "low", "high"))
    if found is None:
        return ""
    first = found.iloc[0]
    value, low, high = (number(first[key]) for key in ("exponent", "low", "high"))
    if value is None or low is None or high is None:
        return ""
    return f"Fitted exponent {value:.4f} [{low:.4f}, {high:.4f}] ({first['fit']}); theory \N{MINUS SIGN}1/2"
