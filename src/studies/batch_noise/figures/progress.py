"""Training loss by epochs for a few batch sizes: at one learning rate for all, and at each one's own rate."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting import bands
from src.plotting.batch_axis import batch_colours, batch_table
from src.plotting.contract import About, Tables, draws, in_order, number, of_problem
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite
from src.plotting.style import dress
from src.plotting.words import above_minimum, seeds

COLUMNS = ("problem", "batch", "purpose", "metric", "epochs", *bands.QUANTILES)

_ROWS = {"shared": "one rate for all", "lowest": "each at its own rate"}
_SHOWN = 5


@draws("sweep")
def progress(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile band of the loss, less the minimum where it is known; both axes are logarithmic."""
    progress = batch_table(tables, "progress", COLUMNS)
    if progress is None:
        return None
    progress = progress[(progress["metric"] == "objective") & (progress["epochs"] > 0)]
    problems = in_order(progress, "problem")
    if not problems:
        return None
    sizes = {problem: _few(progress[progress["problem"] == problem]) for problem in problems}
    names = ["full" if place == _SHOWN - 1 else f"batch {size:g}" for place, size in enumerate(sizes[problems[0]])]
    figure, every = sheet(
        about,
        "Which batch size makes the fastest progress in equal epochs, and which one settles?",
        f"{about.get('study', 'Study')}: median and interquartile band over {seeds(about)}. Top: one learning rate "
        "for all batch sizes. Bottom: each batch size at the learning rate that ends lowest",
        [1.9] * len(_ROWS),
        width=2.45,
        columns=len(problems),
        gap=(0.68, 0.68),
        beside=names,
        titled=True,
    )
    for place, axes in enumerate(every):
        row, column = divmod(place, len(problems))
        problem, (purpose, words) = problems[column], list(_ROWS.items())[row]
        rows = progress[(progress["problem"] == problem) & (progress["purpose"] == purpose)]
        minimum = number(of_problem(about, "minimum", problem))
        label = "training loss" if minimum is None else above_minimum("training loss")
        dress(axes, x="epochs" if row else "", y=label, title=f"{problem}: {words}")
        _panel(axes, bands.above(rows, minimum), sizes[problem])
    colours = batch_colours(sizes[problems[0]])
    legend_beside(figure, [Line2D([], [], color=colour, linewidth=1.6) for colour in colours.values()], names)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, sizes: list[float]) -> None:
    shown = rows[rows["batch"].isin(sizes)]
    apply(axes, "x", finite(shown["epochs"]), "log", 5)
    medians = finite(shown["median"])
    # A batch size that diverges at the shared rate leaves the panel upwards.
    first = finite(shown.groupby("batch")["median"].first())
    ceiling = 3 * float(first.max()) if first.size else np.inf
    apply(axes, "y", medians[medians <= ceiling], "log", 5)
    for size, colour in batch_colours(sizes).items():
        own = shown[shown["batch"] == size].sort_values("epochs").rename(columns={"step": "at", "epochs": "step"})
        if not own.empty:
            bands.draw(axes, own, {"color": colour, "linewidth": 1.5})


def _few(rows: pd.DataFrame) -> list[float]:
    """At most ``_SHOWN`` of the batch sizes, evenly spread in rank, with the smallest and the largest."""
    sizes = np.sort(rows["batch"].unique())
    kept = np.unique(np.linspace(0, len(sizes) - 1, min(_SHOWN, len(sizes))).round().astype(int))
    return [float(sizes[place]) for place in kept]
