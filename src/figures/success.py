"""How often each method reaches the target, with its interval, a panel for each problem."""

from matplotlib.figure import Figure

from src.plotting import dot_panels as dots
from src.plotting.contract import About, Tables, draws, table
from src.plotting.panels import columns_for, outer_labels
from src.plotting.words import seeds

COLUMNS = ("problem", "method", "success_rate", "success_low", "success_high")


@draws("sweep")
def success(tables: Tables, about: About) -> Figure | None:
    """Success rates with 95 % intervals; problems without a target are left out; methods by their mean rate."""
    ranked = table(tables, "ranking", COLUMNS)
    if ranked is None:
        return None
    ranked = ranked[ranked["success_rate"].notna()]
    if ranked.empty:
        return None
    rate = ranked.groupby("method")["success_rate"].mean()
    methods = [str(name) for name in rate.sort_values(ascending=False, kind="stable").index]
    study = f"{about['study']}: share" if about.get("study") else "Share"
    figure, panels = dots.grid(
        about,
        "How often does each method reach the target?",
        f"{study} of {seeds(about)} and 95 % interval; methods by their mean over the problems, the best on top",
        ranked,
        methods,
    )
    for problem, axes in panels.items():
        axes.set_xlabel("seeds that reach it")
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0", "", "50 %", "", "100 %"])
        dots.draw(
            axes, ranked[ranked["problem"] == problem], methods, ("success_rate", "success_low", "success_high")
        )
    outer_labels(panels.values(), columns_for(len(panels)))
    return figure
