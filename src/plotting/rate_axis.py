"""A method's score against its learning rate: the part that run-level and study-level figures share."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from src.plotting.scales import apply, choose, finite, inside
from src.plotting.style import line, marker

_CEILING = 10.0  # times the worst score of a rate at which no seed diverged: what is worse would flatten all the rest


def set_rate_axis(axes: Axes, rates: pd.DataFrame) -> None:
    """Scale and limit the x axis for all rates that were tried."""
    tried = finite(rates["learning_rate"])
    apply(axes, "x", tried, choose(tried))


def set_score_axis(axes: Axes, rates: pd.DataFrame) -> None:
    """Scale and limit the y axis for every method's rows in ``rates``; where no seed diverged, all shows."""
    quantiles = ["q25", "median", "q75"]
    scores, sound = finite(rates[quantiles]), finite(rates.loc[rates["diverged"] == 0, quantiles])
    if sound.size:
        low, high = float(scores.min()), float(sound.max())
        scores = scores[scores <= (_CEILING * high if low >= 0 else 2 * high - low)]
    apply(axes, "y", scores, choose(scores))


def draw(axes: Axes, rates: pd.DataFrame, method: str) -> Line2D:
    """Draw medians with interquartile bars, and ring the chosen rate; a hollow marker where some seeds diverged.

    Where most seeds diverged there is no median: the line leaves the panel upwards.
    """
    rows = rates.sort_values("learning_rate")
    x = rows["learning_rate"].to_numpy(dtype=float)
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
