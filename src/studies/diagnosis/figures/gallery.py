"""A real run of each state: its loss and gradient norm, and the detector's evidence."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, choose, finite, inside
from src.plotting.style import INK, LINES, MUTED, SMALL, dress
from src.plotting.words import brief
from src.studies.diagnosis.figures._page import lift_page

COLUMNS = ("true_state", "problem", "method", "start", "learning_rate", "step", "loss", "grad_norm", "evidence")
_LOSS, _VALID, _GRAD = "#0072b2", "#e69f00", "#555555"
_ACROSS = 3
_LETTERS = 62  # of the evidence in a line
_STYLES: dict[str, dict[str, Any]] = {
    "loss": {"color": _LOSS, "linewidth": 1.5},
    "validation loss": {"color": _VALID, "linewidth": 1.5, "linestyle": LINES[1]},
    "gradient norm": {"color": _GRAD, "linewidth": 0.9, "linestyle": LINES[2]},
}


@draws("sweep")
def gallery(tables: Tables, about: About) -> Figure | None:
    """One panel per state; loss and gradient norm share a logarithmic axis where neither is negative."""
    curves = table(tables, "gallery", COLUMNS)
    if curves is None:
        return None
    drawable = {state: rows for state in in_order(curves, "true_state") if len(rows := _rows(curves, state))}
    if not drawable:
        return None
    down = -(-len(drawable) // _ACROSS)
    figure, every = sheet(
        about,
        "What do training curves show?",
        "One run of each true state, from a held-out task where there is one, and the detector's evidence",
        [1.75] * down,
        width=3.55,
        columns=_ACROSS,
        count=len(drawable),
        gap=(0.6, 1.45),
        beside=list(_STYLES),
        titled=True,
    )
    lift_page(figure, 0.6)
    for axes, (state, rows) in zip(every, drawable.items(), strict=True):
        _draw(axes, state, rows)
    handles: list[Artist] = [Line2D([], [], **style) for style in _STYLES.values()]
    legend_beside(figure, handles, list(_STYLES))
    return figure


def _rows(curves: pd.DataFrame, state: str) -> pd.DataFrame:
    """The rows of ``state`` that have a step and any finite loss."""
    known = np.isfinite(pd.to_numeric(curves["step"], errors="coerce"))
    rows: pd.DataFrame = curves[(curves["true_state"] == state) & known]
    return rows if finite(rows["loss"]).size else rows.iloc[:0]


def _draw(axes: Axes, state: str, rows: pd.DataFrame) -> None:
    first = rows.iloc[0]
    series = {"loss": "loss", "validation loss": "valid_loss", "gradient norm": "grad_norm"}
    found = {name: rows[column] for name, column in series.items() if column in rows and finite(rows[column]).size}
    start = "" if first["start"] == "good" else f" from {str(first['start']).replace('_', ' ')}"
    dress(axes, title=state)
    words = f"{first['method']} on {first['problem']}{start}, rate {brief(float(first['learning_rate']))}; over steps"
    axes.set_xlabel(words, fontsize=SMALL, color=MUTED, labelpad=2, loc="left")
    values = np.concatenate([finite(each) for each in found.values()])
    apply(axes, "y", values, choose(values), ticks=5)
    for name, each in found.items():
        kept = np.isfinite(pd.to_numeric(each, errors="coerce"))
        axes.plot(rows.loc[kept, "step"], inside(each[kept], axes), **_STYLES[name])
    words = "\n".join(textwrap.wrap(str(first["evidence"]), _LETTERS)[:4])
    axes.annotate(
        words, (0, 0), (0, -34), xycoords="axes fraction", textcoords="offset points", va="top", fontsize=SMALL,
        color=INK,
    )  # fmt: skip
