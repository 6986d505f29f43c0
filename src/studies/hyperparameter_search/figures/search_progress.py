"""The best found so far against the number of evaluations, a line for each search method."""

from matplotlib.figure import Figure

from src.plotting import bands
from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.panels import grid, method_legend, outer_labels
from src.plotting.scales import finite
from src.plotting.style import dress, line
from src.plotting.words import brief, seeds

COLUMNS = ("problem", "method", "step", "q25", "median", "q75")


@draws("sweep")
def search_progress(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile band a method; the legend gives what it ends at, the best first."""
    found = table(tables, "search_progress", COLUMNS)
    if found is None or not finite(found["median"]).size:
        return None
    problems = in_order(found, "problem")
    last = found.sort_values("step").groupby("method", sort=False)["median"].last().sort_values()
    labels = {str(method): f"{method}: {brief(end)}" for method, end in last.items() if number(end) is not None}
    networks = number(about.get("training_seeds"))
    steps = number(about.get("training_steps"))
    each = f" of {networks:.0f} networks for {steps:.0f} steps" if networks and steps else ""
    figure, panels = grid(
        about,
        "Which search tunes an optimizer best when every evaluation is a training?",
        f"Lowest validation loss so far, median and interquartile band over {seeds(about)}; an evaluation is a "
        f"training{each}; the legend gives the median after the last",
        problems,
        list(labels.values()),
    )
    for problem, axes in panels.items():
        rows = found[found["problem"] == problem]
        dress(axes, x="evaluations (trainings)", y="best validation loss", title=problem)
        lines = {method: rows[rows["method"] == method].sort_values("step") for method in labels}
        bands.set_scales(axes, list(lines.values()), scale="log")
        for method, curve in lines.items():
            bands.draw(axes, curve, line(method))
    outer_labels(panels.values(), len(panels))
    method_legend(figure, labels)
    return figure
