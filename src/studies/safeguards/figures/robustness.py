"""Robustness of every safeguard, pair and chain: dots with intervals, a panel for each problem and one for all."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.layout import sheet, width_of
from src.plotting.style import INK, MUTED, SMALL, dress
from src.studies.safeguards.chain_labels import by_parts, counted, shown

COLUMNS = ("problem", "method", "robustness", "low", "high")
ALL = "all problems"
_ROW, _WIDTH = 0.19, 1.75  # inches
# By the number of parts: Okabe and Ito's grey, sky blue, orange and vermilion.
_COLOURS = ("#666666", "#56b4e9", "#e69f00", "#d55e00")


@draws("sweep")
def robustness(tables: Tables, about: About) -> Figure | None:
    """Shares of (start, rate) pairs that succeed; a line marks the best part alone."""
    found = table(tables, "robustness", COLUMNS)
    if found is None or not np.isfinite(found["robustness"].astype(float)).any():
        return None
    methods = by_parts(in_order(found, "method"), about)
    problems = [name for name in in_order(found, "problem") if name != ALL]
    panels = [*([ALL] if ALL in set(found["problem"]) else []), *problems]
    labels = [shown(method, about) for method in methods]
    study = f"{about['study']}: share" if about.get("study") else "Share"
    figure, every = sheet(
        about,
        str(
            about.get("question")
            or "Are clipping, noise and preconditioning together more robust than any one alone?"
        ),
        f"{study} of (start, learning rate) pairs that reach the target, on one grid of rates for all methods; "
        f"mean over {counted(about)} and 95 % interval over starts; dotted: the best part alone",
        [_ROW * len(methods) + 0.1],
        width=_WIDTH,
        columns=len(panels),
        left=width_of(labels, SMALL) + 0.25,
        gap=(0.22, 0.6),
        titled=True,
    )
    top = min(1.0, 1.1 * max(number(value) or 0.0 for value in found["high"]) + 0.02)
    for place, (axes, problem) in enumerate(zip(every, panels, strict=True)):
        dress(axes, x="share that succeeds", title=problem)
        axes.set_xlim(-0.02 * max(top, 0.1), max(top, 0.1))
        axes.set_ylim(len(methods) - 0.4, -0.6)
        axes.set_yticks(range(len(methods)), labels if place == 0 else [""] * len(methods))
        _draw(axes, found[found["problem"] == problem], methods, about)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, methods: list[str], about: About) -> None:
    parts = about.get("parts") or {}
    left, right = axes.get_xlim()
    values = {str(row["method"]): row for row in rows.to_dict("records")}
    alone = [number(values[name]["robustness"]) for name in about.get("singles") or [] if name in values]
    best = max((value for value in alone if value is not None), default=None)
    if best is not None:
        axes.axvline(min(best, right), color=MUTED, linewidth=1.0, linestyle=(0, (1.2, 1.2)), zorder=1)
    for place, method in enumerate(methods):
        row = values.get(method)
        middle = None if row is None else number(row["robustness"])
        if row is None or middle is None:
            continue
        ends = [middle if (end := number(row[name])) is None else end for name in ("low", "high")]
        colour = _COLOURS[min(len(parts.get(method, [])), 3)]
        axes.plot(np.clip(ends, left, right), [place, place], color=colour, linewidth=2.0, solid_capstyle="butt")
        edge = INK if method == about.get("chain") else colour
        look: dict[str, Any] = {"color": colour, "markeredgecolor": edge, "markeredgewidth": 1.0, "markersize": 5}
        axes.plot([np.clip(middle, left, right)], [place], marker="o", **look)
