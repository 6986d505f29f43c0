"""The score against the learning rate: how wide the range of good rates is, and where training diverges."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting import rate_axis as drawing
from src.plotting.bands import QUANTILES
from src.plotting.contract import About, Tables, draws, table
from src.plotting.layout import legend_above, sheet
from src.plotting.scales import finite
from src.plotting.scores import above_minimum
from src.plotting.style import LINES, MUTED, WARNING, dress, line, marker
from src.plotting.words import brief, subject
from src.tables.rate_table import RATES


@draws("run")
def rate_sensitivity(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile range of the score for each candidate rate; below it, the share that diverged."""
    rates = table(tables, "rates", RATES)
    if rates is None or not finite(rates["learning_rate"]).size:
        return None
    optimizer, problem = subject(about)
    rates, label = above_minimum(rates, about, problem, QUANTILES)
    figure, (upper, lower) = sheet(
        about,
        f"Which learning rate suits {optimizer} on {problem}?",
        _subtitle(rates),
        [2.7, 0.7],
        width=5.4,
        gap=(0.0, 0.15),
        strip=True,
    )
    dress(upper, y=label)
    dress(lower, x="learning rate", y="diverged")
    drawing.set_score_axis(upper, rates)
    drawing.draw(upper, rates, optimizer)
    _draw_diverged(lower, rates)
    for axes in (upper, lower):
        drawing.set_rate_axis(axes, rates)
        for rate in _chosen(rates):
            axes.axvline(rate, color=MUTED, linestyle=LINES[2], linewidth=1.0, zorder=1)
    upper.tick_params(labelbottom=False)
    _draw_legend(upper, optimizer)
    return figure


def _chosen(rates: pd.DataFrame) -> np.ndarray:
    return finite(rates.loc[rates["chosen"].astype(bool), "learning_rate"])


def _subtitle(rates: pd.DataFrame) -> str:
    chosen, tried = _chosen(rates), finite(rates["learning_rate"])
    words = f"Median and interquartile range over the tuning seeds, {tried.size} candidates"
    if chosen.size:
        edge = chosen[0] in {tried.min(), tried.max()} and tried.size > 1
        words += f"; chosen: {brief(chosen[0])}" + (", at the edge of the grid" if edge else "")
    return words


def _draw_diverged(axes: Axes, rates: pd.DataFrame) -> None:
    """A stem for each rate: the share of tuning seeds that diverged, 0 to 1."""
    rows = rates[np.isfinite(rates["diverged"].to_numpy(dtype=float))]
    axes.vlines(rows["learning_rate"], 0, rows["diverged"], color=WARNING, linewidth=2.5)
    axes.plot(
        rows["learning_rate"],
        rows["diverged"],
        color=WARNING,
        linestyle="none",
        marker="o",
        markersize=3.5,
        clip_on=False,
    )
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])


def _draw_legend(axes: Axes, optimizer: str) -> None:
    look = line(optimizer)
    points = {"linestyle": "none", "marker": marker(optimizer), "color": look["color"], "markersize": 5}
    ring = {"linestyle": "none", "marker": "o", "markerfacecolor": "none", "markersize": 9, "color": look["color"]}
    handles = [
        Line2D([], [], **look),
        Line2D([], [], **points),
        Line2D([], [], markerfacecolor="white", **points),
        Line2D([], [], **ring),
    ]
    legend_above(axes, handles, [optimizer, "no seed diverged", "some diverged", "chosen"])
