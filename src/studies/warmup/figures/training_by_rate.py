"""One run: share of seeds that train against the learning rate, and the loss at the learning rate that is shown."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting import bands
from src.plotting.contract import About, Tables, draws, number, table
from src.plotting.layout import sheet
from src.plotting.scales import apply, choose, finite
from src.plotting.style import BAND_OPACITY, INK, dress, line, marker, metric_label
from src.plotting.words import brief, seeds, step_unit, subject
from src.tables.run_tables import CURVES

COLUMNS = ("learning_rate", "share", "low", "high")
_LOSSES = ("train_loss", "loss")  # the first that a run has


@draws("run")
def training_by_rate(tables: Tables, about: About) -> Figure | None:
    """Left: share of seeds that train with 95 % interval. Right: median loss with interquartile band."""
    trained, curves = table(tables, "trained", COLUMNS), table(tables, "curves", CURVES)
    if trained is None or curves is None or not finite(trained["share"]).size:
        return None
    losses = {name: rows for name in _LOSSES if (rows := bands.curve(curves, name)) is not None}
    optimizer, problem = subject(about)
    threshold, shown = number(about.get("trained_loss")), number(about.get("shown_learning_rate"))
    counts = "" if threshold is None else f" that end at a training loss of at most {brief(threshold)}"
    which = about.get("shown_learning_rate_is")
    at = "" if shown is None else f" at the learning rate {brief(shown)} (dotted)" + (f", {which}" if which else "")
    figure, (left, right) = sheet(
        about,
        f"Up to which learning rate does {optimizer} train on {problem}?",
        f"Left: share of {seeds(about)}{counts}, with 95 % interval. Right: median loss and interquartile band{at}",
        [2.6],
        width=3.3,
        columns=2,
        gap=(0.75, 0.6),
    )
    _draw_shares(left, trained.sort_values("learning_rate"), optimizer, shown)
    dress(right, x=step_unit(about), y=metric_label(next(iter(losses), "loss"), None))
    if losses:
        rows = next(iter(losses.values()))
        bands.set_scales(right, [rows])
        bands.draw(right, rows, line(optimizer))
    return figure


def _draw_shares(axes: Axes, trained: pd.DataFrame, optimizer: str, shown: float | None) -> None:
    look = line(optimizer)
    rates = finite(trained["learning_rate"])
    dress(axes, x="learning rate", y="seeds that train")
    apply(axes, "x", rates, choose(rates))
    axes.set_ylim(-0.03, 1.05)
    axes.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
    low, middle, high = (trained[name].clip(0, 1) for name in ("low", "share", "high"))
    axes.fill_between(trained["learning_rate"], low, high, color=look["color"], alpha=BAND_OPACITY, linewidth=0)
    axes.plot(trained["learning_rate"], middle, marker=marker(optimizer), markersize=3.5, **look)
    if shown is not None and shown > 0:
        axes.axvline(shown, color=INK, linestyle=":", linewidth=1.0)
