"""What was monitored during training, one panel below another, with the step at which early stopping fired."""

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting import bands
from src.plotting.contract import About, Tables, draws, number, table
from src.plotting.layout import legend_above, sheet
from src.plotting.style import INK, LINES, TEXT, WARNING, dress, metric_label, metric_line
from src.plotting.words import brief, measured, step_unit, subject
from src.tables.run_tables import CURVES

STOPPING = "early stopping (median over seeds)"
# Metrics that share a panel are to be compared: the gap between training and validation is over-fitting.
_PANELS = (
    ("loss",),
    ("grad_norm",),
    ("param_norm",),
    ("update_ratio",),
    ("train_loss", "valid_loss"),
    ("valid_accuracy",),
)
_ROLES = {"train_": "training", "valid_": "validation"}


@draws("run")
def monitor_panels(tables: Tables, about: About) -> Figure | None:
    """Loss, norms, update size and validation metrics against the step: those that the table holds.

    A search records its loss alone, which ``loss_band`` shows.
    """
    curves = table(tables, "curves", CURVES)
    if curves is None:
        return None
    found = [{metric: bands.curve(curves, metric) for metric in panel} for panel in _PANELS]
    panels = [kept for panel in found if (kept := {m: rows for m, rows in panel.items() if rows is not None})]
    if not any(metric != "loss" for panel in panels for metric in panel):
        return None
    optimizer, problem = subject(about)
    stop = number(about.get("stopped_step"))
    when = "early stopping did not fire" if stop is None else f"early stopping at step {brief(stop)}"
    figure, every = sheet(
        about,
        f"How does training with {optimizer} go on {problem}?",
        f"{measured(about)}; {when}",
        [1.15] * len(panels),
        width=5.4,
        gap=(0.0, 0.14),
        strip=True,
    )
    legend: dict[str, Artist] = {}
    for axes, panel in zip(every, panels, strict=True):
        legend |= _draw_panel(axes, panel, optimizer, about)
        if stop is not None:
            mark = axes.axvline(stop, color=WARNING, linewidth=1.2, linestyle=LINES[3])
        axes.tick_params(labelbottom=axes is every[-1])
    every[-1].set_xlabel(step_unit(about), fontsize=TEXT, color=INK)
    if stop is not None:
        legend[STOPPING] = mark
    legend_above(every[0], list(legend.values()), list(legend))
    return figure


def _draw_panel(axes: Axes, panel: dict[str, pd.DataFrame], optimizer: str, about: About) -> dict[str, Artist]:
    """Draw one panel's metrics; its entries of the legend."""
    labels = [metric_label(metric, about.get("metric_labels")) for metric in panel]
    dress(axes, y=labels[0] if len(panel) == 1 else "loss, all data")
    share = any(metric.endswith("accuracy") for metric in panel)
    bands.set_scales(axes, list(panel.values()), ticks=4, scale="linear" if share else None)
    entries: dict[str, Artist] = {}
    for metric, rows in panel.items():
        role = next((word for start, word in _ROLES.items() if metric.startswith(start)), optimizer)
        entries[role] = bands.draw(axes, rows, metric_line(metric, optimizer))
    return entries
