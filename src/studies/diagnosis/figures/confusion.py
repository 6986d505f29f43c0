"""True states of runs against the states that the detector predicts: counts and shares of each row."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import sheet
from src.plotting.style import INK, MUTED, SMALL, TEXT
from src.studies.diagnosis.figures._page import lift_page

COLUMNS = ("part", "true_state", "predicted_state", "runs")
_SIDE = 0.62  # inches of one field
_COLOURS = colormaps["Blues"].resampled(256)  # one hue from light to dark: read as an order


@draws("sweep")
def confusion(tables: Tables, about: About) -> Figure | None:
    """A matrix of true (rows) against predicted states (columns), on the tasks that were held out."""
    confusion = table(tables, "confusion", COLUMNS)
    if confusion is None:
        return None
    runs = pd.to_numeric(confusion["runs"], errors="coerce").fillna(0).clip(0, 1e9)
    part = next((name for name in in_order(confusion, "part") if runs[confusion["part"] == name].sum() > 0), None)
    if part is None:
        return None
    own = confusion[confusion["part"] == part].assign(runs=runs)
    states = in_order(own, "true_state")
    counts = own.pivot_table(index="true_state", columns="predicted_state", values="runs", aggfunc="sum")
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
    axes.set_xlabel("predicted from the curves", fontsize=TEXT, color=INK)
    axes.set_ylabel("true state (runs)", fontsize=TEXT, color=INK)
