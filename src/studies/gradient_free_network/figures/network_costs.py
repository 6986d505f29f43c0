"""Training loss against its cost, with gradients and without."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.layout import legend_beside
from src.plotting.panels import grid
from src.plotting.scales import apply, finite, inside
from src.plotting.style import BAND_OPACITY, LINES, dress, line
from src.plotting.words import brief, seeds

COLUMNS = ("problem", "method", "sample_passes", "q25", "median", "q75")
ENDS = ("problem", "method", "accuracy")


@draws("sweep")
def network_costs(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile band per method, over forward passes of a sample; test accuracies in the legend."""
    found, ends = table(tables, "network_costs", COLUMNS), table(tables, "network_methods", ENDS)
    if found is None or ends is None or not finite(found["median"]).size:
        return None
    problems = in_order(found, "problem")
    order = ends.sort_values("accuracy", ascending=False)
    labels = {
        str(row["method"]): f"{row['method']}: {100 * row['accuracy']:.1f} %"
        for row in order.to_dict("records")
        if number(row["accuracy"]) is not None and abs(row["accuracy"]) <= 1
    }
    parameters = number(about.get("parameters"))
    figure, panels = grid(
        about,
        "What does it cost to train a network without gradients?",
        f"Best training loss so far, median and interquartile band over {seeds(about)}"
        + (f"; {brief(parameters)} weights" if parameters else "")
        + ". A gradient costs three forward passes. The legend gives the median test accuracy at the end",
        problems,
        list(labels.values()),
    )
    for problem, axes in panels.items():
        rows = found[found["problem"] == problem]
        dress(axes, x="cost, forward passes of one sample", y="training loss", title=problem)
        apply(axes, "y", finite(rows[["q25", "median", "q75"]]), "log")
        apply(axes, "x", finite(rows["sample_passes"]), "log")
        for method in labels:
            curve = rows[rows["method"] == method].sort_values("sample_passes")
            low, middle, high = (inside(curve[name], axes) for name in ("q25", "median", "q75"))
            look = _look(method)
            axes.fill_between(curve["sample_passes"], low, high, color=look["color"], alpha=BAND_OPACITY, linewidth=0)
            axes.plot(curve["sample_passes"], middle, **look)
    legend_beside(figure, [Line2D([], [], **_look(method)) for method in labels], list(labels.values()))
    return figure


def _look(method: str) -> dict[str, Any]:
    """Line of a method; broken and wide for momentum, whose colour a search may share."""
    return line(method) | ({"linestyle": LINES[1], "linewidth": 2.4} if method == "momentum" else {})
