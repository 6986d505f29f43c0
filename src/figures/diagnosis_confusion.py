"""What runs were made to show against what the detector says of them: counts and shares of each row."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.figures.contract import About, Tables, in_order, table
from src.figures.sheet import sheet
from src.figures.style import INK, MUTED, SMALL, TEXT

COLUMNS = ("part", "made", "diagnosed", "runs")
_SIDE = 0.62  # inches of one field
_COLOURS = colormaps["Blues"].resampled(256)  # one hue from light to dark: no eye takes it for another


def diagnosis_confusion(tables: Tables, about: About) -> Figure | None:
    """A matrix of made (rows) against diagnosed states (columns), on the tasks that were held out."""
    confusion = table(tables, "confusion", COLUMNS)
    if confusion is None:
        return None
    runs = pd.to_numeric(confusion["runs"], errors="coerce").fillna(0).clip(0, 1e9)
    part = next((name for name in in_order(confusion, "part") if runs[confusion["part"] == name].sum() > 0), None)
    if part is None:
        return None
    own = confusion[confusion["part"] == part].assign(runs=runs)
    states = in_order(own, "made")
    counts = own.pivot_table(index="made", columns="diagnosed", values="runs", aggfunc="sum")
    counts = counts.reindex(index=states, columns=states).fillna(0)
    total, right = counts.to_numpy().sum(), np.trace(counts.to_numpy())
    figure, [axes] = sheet(
        about,
        "Can one read from its curves what is wrong with a training run?",
        f"{part}: {right:.0f} of {total:.0f} runs of known state ({100 * right / total:.1f} %) are diagnosed right; "
        "count, and share of the row",
        [_SIDE * len(states)],
        width=_SIDE * len(states),
        left=2.3,
        gap=(0, 0),
        right=0.5,
    )
    lift_page(figure, 1.2)  # for the slanted names below
    _draw(axes, counts, states)
    return figure


def lift_page(figure: Figure, more: float) -> None:
    """Make room below: all but the note at the bottom moves up by ``more`` inches of new page."""
    wide, tall = figure.get_size_inches()
    figure.set_size_inches(wide, tall + more)
    for axes in figure.axes:
        place = axes.get_position()
        low, high = ((edge * tall + more) / (tall + more) for edge in (place.y0, place.y1))
        axes.set_position((place.x0, low, place.width, high - low))
    for text in figure.texts:
        edge = 0 if text.get_verticalalignment() == "bottom" else more
        text.set_y((text.get_position()[1] * tall + edge) / (tall + more))


def _draw(axes: Axes, counts: pd.DataFrame, states: list[str]) -> None:
    rows = counts.sum(axis=1).to_numpy()
    shares = counts.to_numpy() / np.maximum(rows, 1)[:, None]
    axes.imshow(shares, cmap=_COLOURS, vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(counts.to_numpy()):
        if count:
            dark = shares[row, column] > 0.55
            words = f"{count:.0f}\n{100 * shares[row, column]:.0f} %"
            axes.text(column, row, words, ha="center", va="center", fontsize=SMALL, color="white" if dark else INK)
    places = np.arange(len(states))
    axes.set_xticks(places, states, rotation=40, ha="right", rotation_mode="anchor", fontsize=TEXT, color=INK)
    axes.set_yticks(places, [f"{state} ({row:.0f})" for state, row in zip(states, rows, strict=True)])
    axes.tick_params(labelsize=TEXT, length=0, labelcolor=INK)
    axes.set_xticks(places[1:] - 0.5, minor=True)
    axes.set_yticks(places[1:] - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="minor", length=0)
    for spine in axes.spines.values():
        spine.set_color(MUTED)
    axes.set_xlabel("diagnosed from the curves", fontsize=TEXT, color=INK)
    axes.set_ylabel("made (runs)", fontsize=TEXT, color=INK)
