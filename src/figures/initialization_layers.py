"""Mean squares of activations and gradients layer by layer, for every initialization, with theory's lines."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.figures import series
from src.figures.contract import About, Tables, in_order, number, table
from src.figures.scales import apply, finite, inside
from src.figures.sheet import legend_beside, sheet
from src.figures.style import INK, MUTED, SMALL, dress
from src.figures.words import seeds

COLUMNS = ("activation", "scheme", "stage", "direction", "layer", "mean_square", "low", "high", "theory")
ROWS = {"forward": "activations, mean square", "backward": "gradients, mean square"}
# What lies beyond is as good as gone, and would press together all that is worth telling apart.
_VANISHED, _EXPLODED = 1e-11, 1e7
_THEORY, _MEASURED = "line: theory", "dot: measured"


def initialization_layers(tables: Tables, about: About) -> Figure | None:
    """As drawn: dots are means over many networks with 95 % intervals; columns are activations, rows directions."""
    networks = number(about.get("networks"))
    of = "fresh networks" if networks is None else f"{networks:.0f} fresh networks"
    width = number(about.get("width"))
    wide = "" if width is None else f" {width:.0f} units wide"
    words = (
        f"Layers{wide} before training, mean over {of} and 95 % interval; theory is the mean-field recursion from "
        "the weights' variance alone; gradients are of a standard-normal gradient at the outputs"
    )
    return _drawn(tables, about, "initial", "Which initialization keeps signals level through depth?", words)


def initialization_trained(tables: Tables, about: About) -> Figure | None:
    """After training: dots are medians over the test seeds with interquartile ranges, beside theory before it."""
    words = (
        f"Layers after training, median over {seeds(about)} and interquartile range, without networks that diverged; "
        "lines: theory before training, to see what training has changed"
    )
    return _drawn(tables, about, "trained", "What does training make of the signals?", words)


def _drawn(tables: Tables, about: About, stage: str, title: str, words: str) -> Figure | None:
    layers = table(tables, "layers", COLUMNS)
    if layers is None or not finite(layers.loc[layers["stage"] == stage, "mean_square"]).size:
        return None
    activations, schemes = in_order(layers, "activation"), in_order(layers, "scheme")
    figure, every = sheet(
        about,
        title,
        words,
        [2.3] * len(ROWS),
        width=3.3,
        columns=len(activations),
        gap=(0.35, 0.72),
        beside=[*schemes, _THEORY, _MEASURED],
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
        for at, scheme in enumerate(schemes):
            _draw(axes, own[own["scheme"] == scheme], stage, at, last)
        _gone(axes, own[own["stage"] == stage], schemes)
    _legend(figure, schemes)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, stage: str, at: int, last: float) -> None:
    """One scheme: theory's line, and dots so far apart that the schemes' do not cover each other."""
    colour = series.look(at)["color"]
    expected = rows[rows["stage"] == "initial"].sort_values("layer")
    axes.plot(expected["layer"], inside(expected["theory"], axes), color=colour, linewidth=1.2)
    dots = rows[rows["stage"] == stage].sort_values("layer")
    stride = max(1, round(last / 10))
    dots = dots[(dots["layer"] - 1 - at) % stride == 0]
    low, middle, high = (inside(dots[name], axes) for name in ("low", "mean_square", "high"))
    axes.vlines(dots["layer"], low, high, color=colour, linewidth=1.4)
    axes.plot(dots["layer"], middle, linestyle="none", marker=series.sign(at), markersize=4.2, color=colour)


def _gone(axes: Axes, rows: pd.DataFrame, schemes: list[str]) -> None:
    """Say in the panel which schemes lie outside it everywhere, as those do whose signal is 0."""
    sizes = {scheme: rows.loc[rows["scheme"] == scheme, "mean_square"].to_numpy(dtype=float) for scheme in schemes}
    zero = [scheme for scheme, values in sizes.items() if values.size and (values == 0).all()]
    if zero:
        place: dict[str, Any] = {"transform": axes.transAxes, "ha": "left", "va": "bottom"}
        axes.text(0.02, 0.02, f"{', '.join(zero)}: 0 throughout", fontsize=SMALL, color=MUTED, **place)


def _legend(figure: Figure, schemes: list[str]) -> None:
    handles = [
        Line2D([], [], color=series.look(at)["color"], marker=series.sign(at), markersize=5)
        for at in range(len(schemes))
    ]
    handles += [
        Line2D([], [], color=INK, linewidth=1.2),
        Line2D([], [], color=INK, linestyle="none", marker="o", markersize=4.2),
    ]
    legend_beside(figure, handles, [*schemes, _THEORY, _MEASURED])
