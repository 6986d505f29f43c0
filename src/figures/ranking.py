"""Every method's score with its interval, a panel for each problem: which methods differ, and by how much."""

from matplotlib.figure import Figure

from src.plotting import dot_panels as dots
from src.plotting.contract import About, Tables, draws, table
from src.plotting.panels import columns_for, outer_labels
from src.plotting.scales import apply, choose, finite
from src.plotting.scores import above_minimum

COLUMNS = ("problem", "method", "score", "score_low", "score_high", "rank")

_SCORES = ("score", "score_low", "score_high")


@draws("sweep")
def ranking(tables: Tables, about: About) -> Figure | None:
    """Scores with 95 % intervals; methods from the best mean rank down, in the same order in all panels."""
    ranked = table(tables, "ranking", COLUMNS)
    if ranked is None or not finite(ranked["score"]).size:
        return None
    methods = [str(name) for name in ranked.groupby("method")["rank"].mean().sort_values(kind="stable").index]
    study = f"{about['study']}: score" if about.get("study") else "Score"
    figure, panels = dots.grid(
        about,
        "Which method ends lowest?",
        f"{study} and 95 % interval; methods by their mean rank over the problems, the best on top",
        ranked,
        methods,
    )
    for problem, axes in panels.items():
        rows, label = above_minimum(ranked[ranked["problem"] == problem], about, problem, _SCORES)
        axes.set_xlabel(label)
        scores = finite(rows["score"], rows["score_low"], rows["score_high"])
        apply(axes, "x", scores, choose(scores), ticks=4)
        dots.draw(axes, rows, methods, _SCORES)
    outer_labels(panels.values(), columns_for(len(panels)))
    return figure
