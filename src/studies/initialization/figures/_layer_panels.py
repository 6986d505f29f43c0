"""Panels of the mean squares of activations and gradients, layer by layer, for the two figures of layers."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting import series
from src.plotting.contract import About, Tables, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite, inside
from src.plotting.style import INK, MUTED, SMALL, dress

COLUMNS = ("activation", "init", "stage", "direction", "layer", "mean_square", "low", "high", "theory")
ROWS = {"forward": "activations, mean square", "backward": "gradients, mean square"}
# Values beyond these limits have vanished or exploded, and would flatten all others.
_VANISHED, _EXPLODED = 1e-11, 1e7
_THEORY, _MEASURED = "line: theory", "dot: measured"


def draw_layers(tables: Tables, about: About, stage: str, title: str, subtitle: str) -> Figure | None:
    """One column per activation; rows are the two directions. Dots are of ``stage``, lines are theory's."""
    layers = table(tables, "layers", COLUMNS)
    if layers is None or not finite(layers.loc[layers["stage"] == stage, "mean_square"]).size:
        return None
    activations, inits = in_order(layers, "activation"), in_order(layers, "init")
    figure, every = sheet(
        about,
        title,
        subtitle,
        [2.3] * len(ROWS),
        width=3.3,
        columns=len(activations),
        gap=(0.35, 0.72),
        beside=[*inits, _THEORY, _MEASURED],
        titled=True,
    )
    for place, axes in enumerate(every):
        row, column = divmod(place, len(activations))
        direction, label = list(ROWS.items())[row]
        own = layers[(layers["activation"] == activations[column]) & (layers["direction"] == direction)]
        arrow = "forwards" if direction == "forward" else "backwards"
        dress(axes, x="hidden layer", y=label if column == 0 else "", title=f"{activations[column]}, {arrow}")
        apply(axes, "y", np.array([_VANISHED, _EXPLODED]), "log")
        last = max(finite(own["layer"]).max(initial=1), 2)
        axes.set_xlim(0, last + 1)
        for index, init in enumerate(inits):
            _draw(axes, own[own["init"] == init], stage, index, last)
        _name_zero_signals(axes, own[own["stage"] == stage], inits)
    _legend(figure, inits)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, stage: str, index: int, last: float) -> None:
    """One initialization: theory's line, and dots at every few layers, shifted by ``index`` so that none overlap."""
    colour = series.look(index)["color"]
    expected = rows[rows["stage"] == "initial"].sort_values("layer")
    axes.plot(expected["layer"], inside(expected["theory"], axes), color=colour, linewidth=1.2)
    dots = rows[rows["stage"] == stage].sort_values("layer")
    stride = max(1, round(last / 10))
    dots = dots[(dots["layer"] - 1 - index) % stride == 0]
    low, middle, high = (inside(dots[name], axes) for name in ("low", "mean_square", "high"))
    axes.vlines(dots["layer"], low, high, color=colour, linewidth=1.4)
    axes.plot(dots["layer"], middle, linestyle="none", marker=series.sign(index), markersize=4.2, color=colour)


def _name_zero_signals(axes: Axes, rows: pd.DataFrame, inits: list[str]) -> None:
    """Name in the panel the initializations whose signal is 0 in all layers, since a logarithm cannot show them."""
    sizes = {init: rows.loc[rows["init"] == init, "mean_square"].to_numpy(dtype=float) for init in inits}
    zero = [init for init, values in sizes.items() if values.size and (values == 0).all()]
    if zero:
        place: dict[str, Any] = {"transform": axes.transAxes, "ha": "left", "va": "bottom"}
        axes.text(0.02, 0.02, f"{', '.join(zero)}: 0 throughout", fontsize=SMALL, color=MUTED, **place)


def _legend(figure: Figure, inits: list[str]) -> None:
    handles = [
        Line2D([], [], color=series.look(index)["color"], marker=series.sign(index), markersize=5)
        for index in range(len(inits))
    ]
    handles += [
        Line2D([], [], color=INK, linewidth=1.2),
        Line2D([], [], color=INK, linestyle="none", marker="o", markersize=4.2),
    ]
    legend_beside(figure, handles, [*inits, _THEORY, _MEASURED])
