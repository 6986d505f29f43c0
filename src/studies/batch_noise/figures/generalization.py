"""Accuracy on data not trained on against the batch size: at one rate, at tuned rates, at equal training loss."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.batch_axis import batch_axis, batch_table, dots
from src.plotting.contract import About, Tables, draws, in_order
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite
from src.plotting.series import OKABE_ITO
from src.plotting.style import dress
from src.plotting.words import seeds

COLUMNS = ("problem", "batch", "purpose", "accuracy", "accuracy_low", "accuracy_high")

_SERIES = {
    "shared": ("test, equal epochs, one rate", OKABE_ITO[5], "s", 0.93),
    "lowest": ("test, equal epochs, tuned rates", OKABE_ITO[4], "o", 1.0),
    "fastest": ("validation, at equal training loss", OKABE_ITO[3], "D", 1.07),
}
_FLOOR = 0.06  # of accuracy below the best: means further below would flatten the rest


@draws("sweep")
def generalization(tables: Tables, about: About) -> Figure | None:
    """Means with 95 % intervals; problems without accuracy are left out; far worse means leave the panel."""
    ends = batch_table(tables, "ends", COLUMNS)
    if ends is None:
        return None
    ends = ends[ends["accuracy"].notna()]
    problems = in_order(ends, "problem")
    if not problems:
        return None
    labels = [words for words, *_ in _SERIES.values()]
    figure, every = sheet(
        about,
        "Do small batches generalize better?",
        f"{about.get('study', 'Study')}: mean accuracy and 95 % interval over {seeds(about)}. A line leaves the "
        "panel where networks hardly trained or diverged",
        [2.6],
        width=3.0,
        columns=len(problems),
        beside=labels,
        titled=True,
    )
    for axes, problem in zip(every, problems, strict=True):
        rows = ends[ends["problem"] == problem]
        dress(axes, x="batch size B", y="accuracy" if axes is every[0] else "", title=problem)
        batch_axis(axes, rows["batch"].to_list())
        shown = rows[rows["accuracy"] >= rows["accuracy"].max() - _FLOOR]
        apply(axes, "y", finite(shown[["accuracy", "accuracy_low", "accuracy_high"]]), "linear")
        for purpose, (_, colour, marker, shift) in _SERIES.items():
            own: pd.DataFrame = rows[rows["purpose"] == purpose].sort_values("batch")
            axes.plot(own["batch"] * shift, own["accuracy"], color=colour, linewidth=1.0, alpha=0.6)
            dots(axes, own, "batch", "accuracy", shift, color=colour, marker=marker)
    handles = [
        Line2D([], [], color=colour, marker=marker, markersize=4.5) for _, colour, marker, _ in _SERIES.values()
    ]
    legend_beside(figure, handles, labels)
    return figure
