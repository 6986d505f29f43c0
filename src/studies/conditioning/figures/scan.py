"""Decay around theory's best rate and memory: is it the best there is?"""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.panels import ordered
from src.plotting.scales import finite
from src.plotting.style import MUTED, dress
from src.plotting.words import brief

COLUMNS = ("method", "condition", "memory_factor", "rate_factor", "share")
_LIGHTEST = 0.88  # of viridis: its yellow end is too light for lines on white
_LOWEST = 0.0  # of the axis


@draws("sweep")
def scan(tables: Tables, about: About) -> Figure | None:
    """Decay over theory's, at the largest condition number scanned: 1 at best, none where a seed diverged."""
    rows = table(tables, "scan", COLUMNS)
    rows = None if rows is None else rows[np.isfinite(rows["condition"]) & (rows["condition"] > 1)]
    if rows is None or rows.empty:
        return None
    condition = float(rows["condition"].max())
    rows = rows[rows["condition"] == condition]
    methods = ordered(in_order(rows, "method"))
    factors = sorted(set(finite(rows["memory_factor"]).tolist()))
    colours = dict(zip(factors, colormaps["viridis"](np.linspace(0, _LIGHTEST, max(len(factors), 2))), strict=False))
    words = [f"(1 \N{MINUS SIGN} √β) \N{MULTIPLICATION SIGN} {factor:g}" for factor in factors]
    study = f"{about['study']}: decay" if about.get("study") else "Decay"
    figure, panels = sheet(
        about,
        "Is theory's best setting the best there is?",
        f"{study} per step over theory's best one, at condition number {brief(condition)}; "
        "a line ends where a seed diverges",
        [2.6],
        width=2.5,
        columns=len(methods),
        gap=(0.35, 0.5),
        beside=words,
        titled=True,
    )
    for place, (axes, method) in enumerate(zip(panels, methods, strict=True)):
        dress(axes, x="rate over theory's best", y="decay over theory's best" if place == 0 else "", title=method)
        _draw(axes, rows[rows["method"] == method], colours)
    handles = [Line2D([], [], color=colours[factor], marker="o", markersize=4, linewidth=1.4) for factor in factors]
    legend_beside(figure, handles, words)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, colours: dict[float, np.ndarray]) -> None:
    factors = np.clip(finite(rows["rate_factor"]), 0.0, 10.0)
    low, high = (float(factors.min()), float(factors.max())) if factors.size else (0.5, 1.5)
    axes.set_xlim(low - 0.03, high + 0.03)
    axes.set_ylim(_LOWEST, 1.15)
    axes.axhline(1, color=MUTED, linewidth=1.2)
    axes.axvline(1, color=MUTED, linewidth=1.0, linestyle=(0, (1.2, 1.2)))
    for factor, colour in colours.items():
        own = rows[rows["memory_factor"] == factor].sort_values("rate_factor")
        x = np.clip(own["rate_factor"].to_numpy(dtype=float), low, high)
        axes.plot(x, np.clip(own["share"], _LOWEST - 1, 2), color=colour, marker="o", markersize=4, linewidth=1.4)
