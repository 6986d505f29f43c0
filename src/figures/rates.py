"""A method's score against its learning rate: the part that run-level and study-level figures share."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from src.figures.scales import apply, choose, finite, inside
from src.figures.style import line, marker

_REACH = 20.0  # times the usual distance from the best median, where there is no log axis
_CEILING = 1e6  # times the best median: what is worse is lost anyway, and would flatten all the rest


def set_rate_axis(axes: Axes, rates: pd.DataFrame) -> None:
    """Scale and limit the x axis for all rates that were tried."""
    tried = finite(rates["rate"])
    apply(axes, "x", tried, choose(tried))


def set_score_axis(axes: Axes, rates: pd.DataFrame) -> None:
    """Scale and limit the y axis for every method's rows in ``rates``."""
    medians = finite(rates["median"])
    scores = finite(rates["q25"], rates["median"], rates["q75"])
    if medians.size:
        best, usual = float(medians.min()), float(np.median(medians))
        positive = bool(scores.min() >= 0) and best > 0
        scores = scores[scores <= (_CEILING * best if positive else best + _REACH * max(usual - best, abs(best)))]
    apply(axes, "y", scores, choose(scores))


def draw(axes: Axes, rates: pd.DataFrame, method: str) -> Line2D:
    """Draw medians with interquartile bars, and ring the chosen rate; a hollow marker where some seeds diverged.

    Where most seeds diverged there is no median: the line leaves the panel upwards.
    """
    rows = rates.sort_values("rate")
    x = rows["rate"].to_numpy(dtype=float)
    low, middle, high = (inside(rows[name], axes) for name in ("q25", "median", "q75"))
    look = line(method)
    (drawn,) = axes.plot(x, middle, **look)
    axes.vlines(x, low, high, color=look["color"], linewidth=1.0)
    some = rows["diverged"].to_numpy(dtype=float) > 0
    points: dict[str, Any] = {
        "linestyle": "none",
        "marker": marker(method),
        "markersize": 5,
        "color": look["color"],
        "zorder": 3,
    }
    axes.plot(x[~some], middle[~some], **points)
    axes.plot(x[some], middle[some], markerfacecolor="white", **points)
    chosen = rows["chosen"].to_numpy(dtype=bool)
    ring: dict[str, Any] = {
        "linestyle": "none",
        "marker": "o",
        "markersize": 11,
        "markerfacecolor": "none",
        "zorder": 4,
    }
    axes.plot(x[chosen], middle[chosen], markeredgecolor=look["color"], markeredgewidth=1.4, **ring)
    return drawn
