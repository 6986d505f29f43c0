"""The loss against the step: how fast, how far, and how much the seeds differ."""

import pandas as pd
from matplotlib.figure import Figure

from src.plotting import bands
from src.plotting.contract import About, Tables, draws, number, table
from src.plotting.layout import legend_above, sheet
from src.plotting.style import INK, dress, metric_label, metric_line
from src.plotting.words import above_minimum, brief, measured, step_unit, subject
from src.tables.run_tables import CURVES

_LOSSES = ("loss", "train_loss", "valid_loss")


@draws("run")
def loss_band(tables: Tables, about: About) -> Figure | None:
    """Median loss and interquartile band; above the known minimum where there is one; with the target, if any."""
    curves = table(tables, "curves", CURVES)
    if curves is None:
        return None
    target = number(about.get("target"))
    found = {metric: bands.curve(curves, metric) for metric in _LOSSES}
    # A validation loss has another minimum than the objective: losses to be compared stay as they are.
    minimum = number(about.get("minimum")) if found["valid_loss"] is None else None
    drawn = {metric: bands.above(rows, minimum) for metric, rows in found.items() if rows is not None}
    if not drawn:
        return None
    optimizer, problem = subject(about)
    figure, (axes,) = sheet(
        about,
        f"How fast does {optimizer} lower the loss on {problem}?",
        _subtitle(drawn, about, minimum is not None),
        [3.2],
        width=5.4,
        strip=True,
    )
    dress(axes, x=step_unit(about), y="loss" if minimum is None else above_minimum("loss"))
    goal = None if target is None else target - (minimum or 0.0)
    shown = goal is not None and (minimum is None or goal > 0)
    bands.set_scales(axes, list(drawn.values()), [goal] if shown and goal is not None else [])
    handles, labels = [], []
    for metric, rows in drawn.items():
        thin = {"linewidth": 0.9} if metric == "loss" and len(drawn) > 1 else {}  # of mini-batches: under the others
        handles.append(bands.draw(axes, rows, metric_line(metric, optimizer) | thin))
        labels.append(optimizer if len(drawn) == 1 else metric_label(metric, about.get("metric_labels")))
    if shown and goal is not None:
        handles.append(axes.axhline(goal, color=INK, linestyle=":", linewidth=1.0))
        labels.append(f"target {brief(goal)}")
    legend_above(axes, handles, labels)
    return figure


def _subtitle(drawn: dict[str, pd.DataFrame], about: About, above: bool) -> str:
    metric, rows = next(iter(drawn.items()))
    last = number(rows["median"].iloc[-1])
    name = metric_label(metric, about.get("metric_labels"))
    what = above_minimum(name) if above else name
    end = "diverged" if last is None else brief(last)
    return f"{measured(about)}. Median {what} at the end: {end}"
