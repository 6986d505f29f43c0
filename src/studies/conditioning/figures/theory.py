"""Measurements on quadratics compared with theory: decay per step, and the edge of stability."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.batch_axis import dots, inside_x
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.panels import ordered
from src.plotting.scales import apply, finite, inside
from src.plotting.style import MUTED, dress, line, marker

DECAYS = ("method", "condition", "predicted", "pace", "pace_low", "pace_high", "ratio", "ratio_low", "ratio_high")
EDGES = ("method", "condition", "predicted", "ratio", "ratio_low", "ratio_high")
_BAND = 0.01  # within which theory and measurement are to agree
_THEORY: dict[str, Any] = {"color": MUTED, "linewidth": 1.2}


@draws("sweep")
def theory(tables: Tables, about: About) -> Figure | None:
    """Left: decay per step; middle and right: measured over predicted, for the decay and for the edge."""
    decays, edges = table(tables, "decays", DECAYS), table(tables, "edges", EDGES)
    if decays is None or edges is None or not finite(decays["condition"], edges["condition"]).size:
        return None
    methods = ordered([*in_order(decays, "method"), *in_order(edges, "method")])
    words = [*methods, "theory", f"±{_BAND:.0%} of it"]
    study = f"{about['study']}: decay" if about.get("study") else "Decay"
    figure, (left, middle, right) = sheet(
        about,
        "Do gradient descent and momentum converge and diverge where theory says?",
        f"{study} fitted to the tail at theory's best setting, edge by bisection of the rate; bars: the range "
        "over seeds",
        [2.8],
        width=2.5,
        columns=3,
        gap=(0.72, 0.5),
        beside=words,
        titled=True,
    )
    conditions = finite(decays["condition"], edges["condition"])
    dress(
        left,
        x="condition number κ",
        y="\N{MINUS SIGN}log(error's factor per step)",
        title="decay at the best setting",
    )
    dress(middle, x="condition number κ", y="measured / theory", title="decay over theory's")
    dress(right, x="condition number κ", y="measured / theory", title="largest stable rate over theory's")
    for axes in (left, middle, right):
        apply(axes, "x", conditions, "log", 6)
    apply(left, "y", finite(decays[["pace", "predicted"]]), "log", 6)
    _ratio_axis(middle, decays)
    _ratio_axis(right, edges)
    for number, method in enumerate(methods):
        look = {"color": line(method)["color"], "marker": marker(method)}
        shift = 1.0 + 0.08 * (number - (len(methods) - 1) / 2)
        own, own_edges = (each[each["method"] == method].sort_values("condition") for each in (decays, edges))
        known = own[np.isfinite(own["predicted"]) & np.isfinite(own["condition"])]
        left.plot(
            inside_x(known["condition"].to_numpy(dtype=float), left), inside(known["predicted"], left), **_THEORY
        )
        dots(left, own, "condition", "pace", **look)
        dots(middle, own, "condition", "ratio", shift, **look)
        dots(right, own_edges, "condition", "ratio", shift, **look)
    handles = [Line2D([], [], color=line(m)["color"], marker=marker(m), markersize=5) for m in methods]
    legend_beside(figure, [*handles, Line2D([], [], **_THEORY), Line2D([], [], color="#cccccc", linewidth=6)], words)
    return figure


def _ratio_axis(axes: Axes, rows: pd.DataFrame) -> None:
    """From 1 as far as the ratios and the band reach, at most to 0 and 2."""
    reach = np.abs(finite(rows[["ratio", "ratio_low", "ratio_high"]]) - 1)
    half = min(max(1.3 * _BAND, 1.1 * float(reach.max()) if reach.size else 0), 1.0)
    axes.set_ylim(1 - half, 1 + half)
    axes.axhspan(1 - _BAND, 1 + _BAND, color="#cccccc", alpha=0.5, linewidth=0)
    axes.axhline(1, **_THEORY)
