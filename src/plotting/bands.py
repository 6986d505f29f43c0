"""A median line in its interquartile band: how every curve over seeds is drawn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from src.plotting.scales import Scale, apply, choose, finite, inside
from src.plotting.style import BAND_OPACITY

QUANTILES = ("q25", "median", "q75")
FLOOR = 1e-16  # of a loss above its minimum: below it is rounding, and 0 has no place on a log axis
_CEILING = 1e3  # times the largest start: what climbs higher is diverging, and would flatten all the rest


def curve(curves: pd.DataFrame, metric: str) -> pd.DataFrame | None:
    """The rows of ``metric``, by step; None when no number of it is finite."""
    rows = curves[curves["metric"] == metric].sort_values("step")
    return rows if finite(rows["median"]).size else None


def above(rows: pd.DataFrame, minimum: float | None, columns: Sequence[str] = QUANTILES) -> pd.DataFrame:
    """``rows`` with ``minimum`` taken off ``columns`` and what is left kept at or above the floor.

    The floor is rounding: 1e-16, or the spacing of floating-point numbers at the minimum where that is wider.
    """
    if minimum is None:
        return rows
    floor = max(FLOOR, float(np.spacing(abs(minimum))))
    return rows.assign(**{name: (rows[name] - minimum).clip(lower=floor) for name in columns})


def set_scales(
    axes: Axes, curves: Sequence[pd.DataFrame], also: Sequence[float] = (), ticks: int = 7, scale: Scale | None = None
) -> None:
    """Scale and limit both axes for ``curves`` and for the further y values ``also``; ``scale`` None: by the data."""
    values = np.concatenate([finite(*(rows[name] for name in QUANTILES)) for rows in curves] + [finite(also)])
    if values.size and values.min() >= 0:
        starts = [float(rows["q75"].replace(np.inf, np.nan).bfill().iloc[0]) for rows in curves]
        known = finite(starts)
        values = values[values <= _CEILING * known.max()] if known.size else values
    apply(axes, "y", values, scale or choose(values), ticks)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    steps = finite(*(rows["step"] for rows in curves))
    axes.set_xlim(steps.min(), max(steps.max(), steps.min() + 1))


def draw(axes: Axes, rows: pd.DataFrame, line: dict[str, Any]) -> Line2D:
    """Draw ``rows`` on ``axes``, whose scales are set; the line, for a legend."""
    steps = rows["step"].to_numpy(dtype=float)
    low, middle, high = (inside(rows[name], axes) for name in QUANTILES)
    axes.fill_between(steps, low, high, color=line["color"], alpha=BAND_OPACITY, linewidth=0)
    alone: dict[str, Any] = {"marker": ".", "markersize": 5} if len(steps) == 1 else {}
    (drawn,) = axes.plot(steps, middle, **line, **alone)
    return drawn
