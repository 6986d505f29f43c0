"""The schedules: the factor on the learning rate over the run."""

from matplotlib.figure import Figure

from src.plotting import series
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import finite
from src.plotting.style import dress

COLUMNS = ("schedule", "epoch", "factor")


@draws("sweep")
def factors(tables: Tables, about: About) -> Figure | None:
    """One line per schedule, constant within a hundredth of the run."""
    factors = table(tables, "factors", COLUMNS)
    if factors is None or not finite(factors["factor"]).size:
        return None
    schedules = in_order(factors, "schedule")
    figure, (axes,) = sheet(
        about,
        "What do the schedules do to the learning rate?",
        "Factor on the learning rate in each hundredth of the run",
        [2.9],
        width=5.0,
        beside=schedules,
    )
    dress(axes, x="hundredth of the run", y="factor on the learning rate")
    for place, name in enumerate(schedules):
        rows = factors[factors["schedule"] == name].sort_values("epoch")
        axes.plot(rows["epoch"], rows["factor"], drawstyle="steps-post", **series.look(place))
    axes.set_ylim(-0.03, 1.06)
    epochs = finite(factors["epoch"], [0.0])
    axes.set_xlim(epochs.min(), max(epochs.max(), 1.0))
    legend_beside(figure, series.handles(len(schedules)), schedules)
    return figure
