"""Time and cost of a few stopping rules on each task and method."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting import series
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.factor_axis import set_factor_axis
from src.plotting.layout import legend_beside, sheet, width_of
from src.plotting.scales import finite
from src.plotting.style import MUTED, SMALL, dress
from src.plotting.words import seeds

_TIME, _COST = ("time", "time_low", "time_high"), ("test_cost", "test_cost_low", "test_cost_high")
COLUMNS = ("problem", "method", "rate_factor", "rule", *_TIME, *_COST)
_RULES = ("GL 5", "PQ 1", "UP 4")  # drawn with the textbook's rule


@draws("sweep")
def tasks(tables: Tables, about: About) -> Figure | None:
    """Left: share of the budget. Right: test loss. One row per task, method and multiple of the learning rate."""
    found = table(tables, "by_task", COLUMNS)
    if found is None:
        return None
    wanted = dict.fromkeys(filter(None, (about.get("textbook"), *_RULES)))
    rules = [str(name) for name in wanted if name in set(found["rule"])]
    rules = rules or in_order(found, "rule")[:4]
    rows = found[found["rule"].isin(rules)]
    if not finite(rows["time"], rows["test_cost"]).size:
        return None
    names = (
        rows["problem"].astype(str)
        + ", "
        + rows["method"].astype(str)
        + ", "
        + rows["rate_factor"].map("rate x {:g}".format)
    )
    tasks = list(dict.fromkeys(names))
    figure, (left, right) = sheet(
        about,
        "Does early stopping pay on every task?",
        f"Mean over {seeds(about)} and 95 % interval. Each row names the multiple of the tuned rate",
        [0.3 * len(tasks) + 0.2],
        width=2.7,
        columns=2,
        left=width_of(tasks, SMALL) + 0.25,
        gap=(0.3, 0.6),
        beside=rules,
    )
    for axes, columns, label in (
        (left, _TIME, "share of the budget that is trained"),
        (right, _COST, "test loss / whole run's"),
    ):
        dress(axes, x=label)
        axes.set_ylim(len(tasks) - 0.4, -0.6)
        axes.set_yticks(range(len(tasks)), tasks if axes is left else [""] * len(tasks))
        decades = rows.assign(task=names)
        if columns is _TIME:
            decades = decades.assign(**{name: np.log10(decades[name].clip(1e-4, 1e4)) for name in columns})
        set_factor_axis(axes, "x", decades.loc[:, list(columns)].to_numpy(float))
        axes.axvline(0.0, color=MUTED, linewidth=1.0, zorder=1)
        for place, rule in enumerate(rules):
            own = decades[decades["rule"] == rule]
            shift = 0.18 * (place - (len(rules) - 1) / 2)
            y = np.array([tasks.index(task) for task in own["task"]]) + shift
            _draw(axes, own.loc[:, list(columns)].to_numpy(float).T, y, place)
    legend_beside(figure, series.handles(len(rules), markers=True), rules)
    return figure


def _draw(axes: Axes, values: np.ndarray, y: np.ndarray, place: int) -> None:
    """Estimates with interval, (3, N), at heights (N,)."""
    middle, low, high = np.clip(values, *axes.get_xlim())
    colour = series.look(place)["color"]
    axes.hlines(y, low, high, color=colour, linewidth=1.5)
    axes.plot(middle, y, linestyle="none", marker=series.sign(place), color=colour, markersize=4)
