"""Final loss against the rate under gradient noise, measured and by theory: why a constant rate has a floor."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.figures import series
from src.figures.cells import ordered
from src.figures.contract import About, Tables, in_order, table
from src.figures.scales import apply, choose, finite, inside
from src.figures.sheet import legend_beside, sheet
from src.figures.style import MUTED, dress

COLUMNS = ("method", "schedule", "rate", "mean", "low", "high")
THEORY = ("method", "schedule", "rate", "expected", "floor")
_CEILING = 1e3  # times the lowest loss: what is higher has diverged
_FLOOR = "floor at a constant rate"
_FLOOR_LINE: dict[str, Any] = {"color": MUTED, "linewidth": 1.0, "linestyle": ":"}


def schedule_noise(tables: Tables, about: About) -> Figure | None:
    """A panel a method: dots are means over the tuning seeds with 95 % intervals, lines are expected by theory."""
    measured, theory = table(tables, "noise", COLUMNS), table(tables, "theory", THEORY)
    if measured is None or theory is None or not finite(measured["mean"]).size:
        return None
    methods, schedules = ordered(in_order(measured, "method")), in_order(measured, "schedule")
    words = [*schedules, _FLOOR]
    figure, every = sheet(
        about,
        "Does theory predict what noise leaves of the loss, under every schedule?",
        "Noisy quadratic: mean final loss over the tuning seeds with 95 % interval (dots) against its exact "
        "expectation (lines), where there is one",
        [2.9],
        width=3.4,
        columns=len(methods),
        beside=words,
        titled=True,
    )
    shown = _shown(finite(measured["mean"], theory["expected"]))
    rates = finite(measured["rate"])
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
        line = theory[theory["schedule"] == schedule].sort_values("rate")
        axes.plot(line["rate"], inside(line["expected"], axes), **look)
        dots = measured[measured["schedule"] == schedule]
        middle, low, high = (inside(dots[name], axes) for name in ("mean", "low", "high"))
        axes.vlines(dots["rate"], low, high, color=look["color"], linewidth=1.0)
        axes.plot(dots["rate"], middle, linestyle="none", marker=series.sign(at), markersize=4, color=look["color"])
    floor = theory.drop_duplicates("rate").sort_values("rate")
    axes.plot(floor["rate"], inside(floor["floor"], axes), **_FLOOR_LINE)
