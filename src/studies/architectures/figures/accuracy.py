"""Test accuracies of methods on networks, at the default rate and tuned: a panel for each network."""

from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.plotting.panels import columns_for, outer_labels
from src.plotting.scales import apply, finite
from src.plotting.style import MUTED
from src.plotting.words import seeds
from src.studies.architectures.figures._dots import ACCURACIES, ENDS, SETTINGS, draw_dot, method_panels


@draws("sweep")
def accuracy(tables: Tables, about: About) -> Figure | None:
    """Mean test accuracy with its interval, at the default rate (hollow) and at the tuned one (filled)."""
    found = table(tables, "accuracies", ACCURACIES)
    if found is None or not finite(found["accuracy"]).size:
        return None
    found = found[found["batch"] == found.groupby("problem")["batch"].transform("min")]
    figure, panels, methods = method_panels(
        found,
        about,
        str(about.get("question") or "Which method suits which network, untuned and tuned?"),
        f"Test accuracy, mean over {seeds(about)} and 95 % interval; hollow: at the method's default learning rate, "
        "filled: at the rate tuned on the validation part",
    )
    for problem, axes in panels.items():
        rows = found[found["problem"] == problem]
        axes.set_xlabel("test accuracy, %")
        apply(axes, "x", finite(*(rows[name] for name in ("accuracy", *ENDS))), "linear", ticks=5)
        for place, method in enumerate(methods):
            own = rows[rows["method"] == method]
            middles = [draw_dot(axes, own[own["setting"] == name], "accuracy", place, name) for name in SETTINGS]
            span = [middle for middle in middles if middle is not None]
            if len(span) == len(SETTINGS):
                axes.plot(span, [place, place], color=MUTED, linewidth=0.8, linestyle=(0, (1.2, 1.2)), zorder=1)
    outer_labels(panels.values(), columns_for(len(panels)))
    return figure
