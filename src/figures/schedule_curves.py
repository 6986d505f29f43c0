"""Loss against the step under each schedule: a row for each problem, a column for each method."""

from matplotlib.figure import Figure

from src.core.tables import CURVES
from src.figures import bands, series
from src.figures.cells import ordered
from src.figures.contract import About, Tables, in_order, number, of_problem, table
from src.figures.sheet import legend_beside, sheet
from src.figures.style import dress, metric_label
from src.figures.words import above_minimum, step_unit

_LOSSES = ("valid_loss", "train_loss", "loss")  # the first that a problem has


def schedule_curves(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile band over the test seeds, each schedule at its own tuned rate."""
    curves = table(tables, "schedule_curves", (*CURVES, "problem", "method", "schedule"))
    if curves is None:
        return None
    methods, schedules = ordered(in_order(curves, "method")), in_order(curves, "schedule")
    losses = {}
    for problem in in_order(curves, "problem"):
        rows = curves[curves["problem"] == problem]
        found = [name for name in _LOSSES if bands.curve(rows, name) is not None]
        if found:
            losses[problem] = found[0]
    if not losses:
        return None
    figure, every = sheet(
        about,
        "How does each schedule get there?",
        "Median and interquartile band over the test seeds, each schedule at its own tuned rate",
        [1.9] * len(losses),
        width=3.1,
        columns=len(methods),
        gap=(0.65, 0.72),
        beside=schedules,
        titled=True,
    )
    places = [(problem, method) for problem in losses for method in methods]
    for axes, (problem, method) in zip(every, places, strict=True):
        metric = losses[problem]
        rows = curves[(curves["problem"] == problem) & (curves["method"] == method)]
        lines = {at: bands.curve(rows[rows["schedule"] == name], metric) for at, name in enumerate(schedules)}
        minimum = None if metric == "valid_loss" else number(of_problem(about, "minimum", problem))
        shown = {at: bands.above(found, minimum) for at, found in lines.items() if found is not None}
        name = metric_label(metric, None)
        label = name if minimum is None else above_minimum(name)
        dress(axes, x=step_unit(about), y=label, title=f"{problem}: {method}")
        if shown:
            bands.set_scales(axes, list(shown.values()), ticks=6)
        for at, curve in shown.items():
            bands.draw(axes, curve, series.look(at))
    legend_beside(figure, series.handles(len(schedules)), schedules)
    return figure
