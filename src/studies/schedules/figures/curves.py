"""Loss against the step under each schedule: one row per problem, one column per method."""

from matplotlib.figure import Figure

from src.plotting import bands, series
from src.plotting.contract import About, Tables, draws, in_order, number, of_problem, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.panels import ordered
from src.plotting.style import dress, metric_label
from src.plotting.words import above_minimum, step_unit
from src.tables.run_tables import CURVES

_LOSSES = ("valid_loss", "train_loss", "loss")  # the first that a problem has


@draws("sweep")
def curves(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile band over the test seeds, each schedule at its own tuned learning rate."""
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
        "How does the loss fall under each schedule?",
        "Median and interquartile band over the test seeds, each schedule at its own tuned learning rate",
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
