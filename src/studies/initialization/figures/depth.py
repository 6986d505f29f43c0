"""Accuracy after a short training against depth, one line per initialization."""

import numpy as np
from matplotlib.figure import Figure

from src.plotting import series
from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import finite
from src.plotting.style import MUTED, SMALL, dress
from src.plotting.words import seeds

COLUMNS = ("activation", "init", "depth", "accuracy", "accuracy_low", "accuracy_high")


@draws("sweep")
def depth(tables: Tables, about: About) -> Figure | None:
    """Medians with 95 % intervals, one column per activation; depths are evenly spaced, as they double."""
    accuracy = table(tables, "accuracy", COLUMNS)
    if accuracy is None or not finite(accuracy["accuracy"]).size or not finite(accuracy["depth"]).size:
        return None
    activations, inits = in_order(accuracy, "activation"), in_order(accuracy, "init")
    depths = np.unique(finite(accuracy["depth"]))
    steps = number(about.get("steps"))
    after = "a short training" if steps is None else f"{steps:.0f} steps"
    figure, every = sheet(
        about,
        "Which initialization lets deep networks train?",
        f"Accuracy on the test part after {after}, the learning rate tuned per initialization and depth. Median over "
        f"{seeds(about)} and 95 % interval; a network that diverged counts as 0",
        [2.6],
        width=3.1,
        columns=len(activations),
        gap=(0.35, 0.6),
        beside=inits,
        titled=True,
    )
    chance = number(about.get("chance"))
    for column, axes in enumerate(every):
        own = accuracy[accuracy["activation"] == activations[column]]
        dress(axes, x="hidden layers", y="test accuracy" if column == 0 else "", title=activations[column])
        axes.set_xlim(-0.4, len(depths) - 0.6)
        axes.set_ylim(-0.04, 1.04)
        axes.set_xticks(range(len(depths)), [f"{depth:g}" for depth in depths])
        axes.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        if chance is not None:
            axes.axhline(chance, color=MUTED, linewidth=0.9, linestyle=":")
            axes.text(-0.35, chance + 0.01, "chance", fontsize=SMALL, color=MUTED, ha="left", va="bottom")
        for index, init in enumerate(inits):
            rows = own[own["init"] == init].sort_values("depth")
            x = np.searchsorted(depths, rows["depth"].to_numpy(dtype=float)) + 0.05 * (index - (len(inits) - 1) / 2)
            look = series.look(index)
            low, middle, high = (rows[name].clip(0, 1) for name in ("accuracy_low", "accuracy", "accuracy_high"))
            axes.vlines(x, low, high, color=look["color"], linewidth=1.4)
            axes.plot(x, middle, marker=series.sign(index), markersize=4.2, **look)
    legend_beside(figure, series.handles(len(inits), markers=True), inits)
    return figure
