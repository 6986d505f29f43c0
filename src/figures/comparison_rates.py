"""Every method's score against its learning rate, a panel for each problem: how much tuning matters."""

from matplotlib.figure import Figure

from src.plotting import bands
from src.plotting import rate_axis as drawing
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.panels import columns_for, grid, method_legend, ordered, outer_labels
from src.plotting.scales import finite
from src.plotting.scores import above_minimum
from src.plotting.style import dress
from src.tables.rate_table import RATES


@draws("sweep")
def comparison_rates(tables: Tables, about: About) -> Figure | None:
    """Median and interquartile bar for each rate; hollow where some seeds diverged, ringed where chosen."""
    rates = table(tables, "rates", (*RATES, "problem", "method"))
    if rates is None or not finite(rates["learning_rate"]).size:
        return None
    problems, methods = in_order(rates, "problem"), ordered(in_order(rates, "method"))
    figure, panels = grid(
        about,
        "How much does each method depend on its learning rate?",
        "Median and interquartile range over the tuning seeds; ring: the chosen rate; hollow: some seeds diverged; "
        "a line that leaves the panel: far worse, or most diverged",
        problems,
        methods,
    )
    for problem, axes in panels.items():
        rows, label = above_minimum(rates[rates["problem"] == problem], about, problem, bands.QUANTILES)
        dress(axes, x="learning rate", y=label, title=problem)
        drawing.set_rate_axis(axes, rows)
        drawing.set_score_axis(axes, rows)
        for method in methods:
            drawing.draw(axes, rows[rows["method"] == method], method)
    outer_labels(panels.values(), columns_for(len(panels)))
    method_legend(figure, dict(zip(methods, methods, strict=True)), markers=True)
    return figure
