"""Every method's loss against the step, a panel for each problem."""

import pandas as pd
from matplotlib.figure import Figure

from src.plotting import bands
from src.plotting.contract import About, Tables, draws, in_order, number, of_problem, table
from src.plotting.panels import columns_for, grid, method_legend, ordered, outer_labels
from src.plotting.scales import finite
from src.plotting.style import dress, line, metric_label
from src.plotting.words import above_minimum, compared, step_unit
from src.tables.run_tables import CURVES

# The first of these that a problem has is drawn: losses on fresh data say more than those on mini-batches.
_LOSSES = ("valid_loss", "train_loss", "loss")


@draws("sweep")
def comparison_curves(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile band a method; above the minimum where ``about["minimum"][problem]`` is a number.

    A method whose median is not finite at the end is named as diverged in the legend, with how often.
    """
    curves = table(tables, "curves", (*CURVES, "problem", "method"))
    if curves is None:
        return None
    chosen = {problem: _loss(curves[curves["problem"] == problem]) for problem in in_order(curves, "problem")}
    cells = {problem: rows for problem, rows in chosen.items() if rows is not None}
    if not cells:
        return None
    methods = ordered(name for rows in cells.values() for name in in_order(rows, "method"))
    labels = {method: method + _diverged(method, cells) for method in methods}
    figure, panels = grid(
        about, "Which method lowers the loss fastest?", compared(about), list(cells), list(labels.values())
    )
    for problem, rows in cells.items():
        axes, minimum = panels[problem], number(of_problem(about, "minimum", problem))
        metric = str(rows["metric"].iloc[0])
        minimum = minimum if metric == "loss" else None
        name = metric_label(metric, about.get("metric_labels"))
        dress(axes, x=step_unit(about), y=name if minimum is None else above_minimum(name), title=problem)
        lines = {m: bands.curve(rows[rows["method"] == m], metric) for m in methods}
        shown = {m: bands.above(found, minimum) for m, found in lines.items() if found is not None}
        bands.set_scales(axes, list(shown.values()), ticks=6)
        for method, found in shown.items():
            bands.draw(axes, found, line(method))
    outer_labels(panels.values(), columns_for(len(panels)))
    method_legend(figure, labels)
    return figure


def _loss(rows: pd.DataFrame) -> pd.DataFrame | None:
    """One problem's rows of the loss to draw; None when it has no finite number."""
    for metric in _LOSSES:
        found = rows[rows["metric"] == metric]
        if finite(found["median"]).size:
            return found
    return None


def _diverged(method: str, cells: dict[str, pd.DataFrame]) -> str:
    """On how many problems the method's median ends without a finite number, in words; empty when on none."""
    own = [rows[rows["method"] == method].sort_values("step")["median"] for rows in cells.values()]
    lost = sum(len(median) > 0 and not finite(median.iloc[-1:]).size for median in own)
    return f" (diverged on {lost})" if lost else ""
