"""Steps to the target against the condition number, a panel for each family of problems, with theory's lines."""

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
from src.plotting.words import seeds

COLUMNS = ("family", "method", "condition", "steps", "steps_low", "steps_high")
THEORY = ("method", "condition", "steps")
TITLES = {
    "aligned": "axes are the coordinates",
    "rotated": "axes rotated",
    "units": "round bowl, units changed",
}
_THEORY = {
    "gd": "gd: log / log((κ\N{MINUS SIGN}1)/(κ+1))",
    "momentum": "heavy ball: log / log((√κ\N{MINUS SIGN}1)/(√κ+1))",
}


@draws("sweep")
def steps(tables: Tables, about: About) -> Figure | None:
    """Medians with 95 % intervals on logarithmic axes; a method that fails in most seeds leaves its panel upwards."""
    rows = table(tables, "condition_steps", COLUMNS)
    rows = None if rows is None else rows[rows["family"].isin(TITLES) & (rows["condition"] >= 1 - 1e-9)]
    if rows is None or rows.empty or not finite(rows["condition"]).size:
        return None
    theory = table(tables, "condition_theory", THEORY)
    families, methods = in_order(rows, "family"), ordered(in_order(rows, "method"))
    lines = [] if theory is None else [name for name in _THEORY if name in set(theory["method"])]
    words = [*methods, *(_THEORY[name] for name in lines)]
    study = f"{about['study']}: median" if about.get("study") else "Median"
    figure, panels = sheet(
        about,
        "How do the steps to the target grow with the condition number?",
        f"{study} and 95 % interval over {seeds(about)}; each method at its best rate and memory for each problem; "
        "grey: steps of the best rate in theory, transients left out",
        [3.1],
        width=2.6,
        columns=len(families),
        gap=(0.35, 0.5),
        beside=words,
        titled=True,
    )
    for place, (axes, family) in enumerate(zip(panels, families, strict=True)):
        dress(axes, x="condition number κ", y="steps to the target" if place == 0 else "", title=TITLES[family])
        apply(axes, "x", finite(rows["condition"]), "log", 6)
        apply(axes, "y", finite(rows[list(COLUMNS[3:])]), "log", 6)
        if place:
            axes.tick_params(labelleft=False)
        if theory is not None:
            _theory(axes, theory)
        for number, method in enumerate(methods):
            own = rows[(rows["family"] == family) & (rows["method"] == method)].sort_values("condition")
            _method(axes, own, method, 1.0 + 0.04 * (number - (len(methods) - 1) / 2))
    handles = [Line2D([], [], **line(method), marker=marker(method), markersize=5) for method in methods]
    handles += [Line2D([], [], color=MUTED, linestyle=_DASH[name], linewidth=1.2) for name in lines]
    legend_beside(figure, handles, words)
    return figure


_DASH: dict[str, Any] = {"gd": "-", "momentum": (0, (5, 2))}


def _method(axes: Axes, rows: pd.DataFrame, method: str, shift: float) -> None:
    at = inside_x(rows["condition"].to_numpy(dtype=float) * shift, axes)
    axes.plot(at, inside(rows["steps"], axes), **line(method) | {"linewidth": 1.2})
    dots(axes, rows, "condition", "steps", shift, color=line(method)["color"], marker=marker(method))


def _theory(axes: Axes, theory: pd.DataFrame) -> None:
    for name, dash in _DASH.items():
        own = theory[(theory["method"] == name) & np.isfinite(theory["steps"])]
        if own.empty:
            continue
        x, y = inside_x(own["condition"].to_numpy(dtype=float), axes), inside(own["steps"], axes)
        axes.plot(x, y, color=MUTED, linestyle=dash, linewidth=1.2, zorder=1)
