"""Final loss against the learning rate under gradient noise, measured and by theory, with the floor."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting import series
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.panels import ordered
from src.plotting.scales import apply, choose, finite, inside
from src.plotting.style import MUTED, dress

COLUMNS = ("method", "schedule", "learning_rate", "mean", "low", "high")
THEORY = ("method", "schedule", "learning_rate", "expected", "floor")
_CEILING = 1e3  # times the lowest loss: what is higher has diverged
_FLOOR = "floor at a constant rate"
_FLOOR_LINE: dict[str, Any] = {"color": MUTED, "linewidth": 1.0, "linestyle": ":"}


@draws("sweep")
def noise(tables: Tables, about: About) -> Figure | None:
    """One panel per method: dots are means over the tuning seeds with 95 % intervals, lines are expectations."""
    measured, theory = table(tables, "noise", COLUMNS), table(tables, "theory", THEORY)
    if measured is None or theory is None or not finite(measured["mean"]).size:
        return None
    methods, schedules = ordered(in_order(measured, "method")), in_order(measured, "schedule")
    words = [*schedules, _FLOOR]
    figure, every = sheet(
        about,
        "Does theory predict the final loss under noise, for every schedule?",
        "Noisy quadratic. Dots: mean final loss over the tuning seeds with 95 % interval. Lines: its exact "
        "expectation, where it is known",
        [2.9],
        width=3.4,
        columns=len(methods),
        beside=words,
        titled=True,
    )
    shown = _shown(finite(measured["mean"], theory["expected"]))
    rates = finite(measured["learning_rate"])
    for place, (axes, method) in enumerate(zip(every, methods, strict=True)):
        dress(axes, x="learning rate", y="" if place else "final loss", title=method)
        apply(axes, "x", rates, choose(rates))
        apply(axes, "y", shown, choose(shown))
        _draw(axes, measured[measured["method"] == method], theory[theory["method"] == method], schedules)
    legend_beside(figure, [*series.handles(len(schedules), markers=True), Line2D([], [], **_FLOOR_LINE)], words)
    return figure


def _shown(losses: np.ndarray) -> np.ndarray:
    positive = losses[losses > 0]
    return positive[positive <= _CEILING * positive.min()] if positive.size else losses


def _draw(axes: Axes, measured: pd.DataFrame, theory: pd.DataFrame, schedules: list[str]) -> None:
    for at, schedule in enumerate(schedules):
        look = series.look(at)
        line = theory[theory["schedule"] == schedule].sort_values("learning_rate")
        axes.plot(line["learning_rate"], inside(line["expected"], axes), **look)
        dots = measured[measured["schedule"] == schedule]
        middle, low, high = (inside(dots[name], axes) for name in ("mean", "low", "high"))
        axes.vlines(dots["learning_rate"], low, high, color=look["color"], linewidth=1.0)
        axes.plot(
            dots["learning_rate"], middle, linestyle="none", marker=series.sign(at), markersize=4, color=look["color"]
        )
    floor = theory.drop_duplicates("learning_rate").sort_values("learning_rate")
    axes.plot(floor["learning_rate"], inside(floor["floor"], axes), **_FLOOR_LINE)
