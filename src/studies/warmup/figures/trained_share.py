"""Share of seeds that train against the learning rate, with and without warm-up."""

from matplotlib.figure import Figure

from src.plotting import series
from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.panels import ordered
from src.plotting.scales import apply, choose, finite
from src.plotting.style import BAND_OPACITY, dress
from src.plotting.words import brief, seeds

COLUMNS = ("problem", "init", "method", "schedule", "learning_rate", "share", "low", "high")


@draws("sweep")
def trained_share(tables: Tables, about: About) -> Figure | None:
    """One row per problem and initialization, one column per method, one line per schedule."""
    trained = table(tables, "trained", COLUMNS)
    if trained is None or not finite(trained["share"]).size:
        return None
    methods, schedules = ordered(in_order(trained, "method")), in_order(trained, "schedule")
    tasks = list(dict.fromkeys(zip(trained["problem"], trained["init"], strict=True)))
    threshold = number(about.get("trained_loss"))
    counts = "" if threshold is None else f" that end at a training loss of at most {brief(threshold)}"
    figure, every = sheet(
        about,
        "Does warm-up let a larger learning rate train?",
        f"Share of {seeds(about)}{counts}, with 95 % interval",
        [1.7] * len(tasks),
        width=3.1,
        columns=len(methods),
        gap=(0.4, 0.72),
        beside=schedules,
        titled=True,
    )
    rates = finite(trained["learning_rate"])
    for place, axes in enumerate(every):
        (problem, init), method = tasks[place // len(methods)], methods[place % len(methods)]
        rows = trained[(trained["problem"] == problem) & (trained["init"] == init) & (trained["method"] == method)]
        first = place % len(methods) == 0
        dress(axes, x="learning rate", y="seeds that train" if first else "", title=f"{problem}, {init}: {method}")
        apply(axes, "x", rates, choose(rates))
        axes.set_ylim(-0.03, 1.05)
        axes.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
        for at, schedule in enumerate(schedules):
            own, look = rows[rows["schedule"] == schedule].sort_values("learning_rate"), series.look(at)
            band = {"color": look["color"], "alpha": BAND_OPACITY, "linewidth": 0}
            axes.fill_between(own["learning_rate"], own["low"].clip(0, 1), own["high"].clip(0, 1), **band)
            axes.plot(own["learning_rate"], own["share"].clip(0, 1), marker=series.sign(at), markersize=3.5, **look)
    legend_beside(figure, series.handles(len(schedules), markers=True), schedules)
    return figure
