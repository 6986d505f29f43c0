"""Gap by population, after as many generations and after as many evaluations."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, of_problem, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.panels import columns_for
from src.plotting.scales import apply, finite, inside
from src.plotting.style import INK, LINES, MUTED, dress
from src.plotting.words import seeds
from src.studies.ga_parameters.figures.effects import WAYS

COLUMNS = ("problem", "by", "setting", "population", "q25", "median", "q75")
_SETTINGS = {"tuned": (LINES[0], 6.0), "textbook": (LINES[1], 4.0)}
WORDS = ["as many evaluations", "as many generations", "tuned", "the textbook's setting"]
_FLOOR = 1e-12  # gaps below it are drawn at it


@draws("sweep")
def populations(tables: Tables, about: About) -> Figure | None:
    """Median gap and quartiles by population, tuned for each population and at the textbook's setting."""
    found = table(tables, "populations", COLUMNS)
    if found is None or not finite(found["median"]).size:
        return None
    problems = in_order(found, "problem")
    columns = min(2, columns_for(len(problems)))
    figure, every = sheet(
        about,
        "Does a larger population find better minima?",
        f"Median gap to the minimum and quartiles over {seeds(about)}. Tuned: crossover, rate and step chosen for "
        "each population on tuning seeds. Grey line: the gap that counts as solved",
        [1.9] * -(-len(problems) // columns),
        width=3.0,
        columns=columns,
        count=len(problems),
        gap=(0.8, 0.8),
        beside=WORDS,
        titled=True,
    )
    sizes = np.unique(found["population"])
    for axes, problem in zip(every, problems, strict=True):
        here = found[found["problem"] == problem]
        dress(axes, x="population", y="gap to the minimum", title=problem.replace("_", " "))
        apply(axes, "y", np.maximum(finite(here[["q25", "median", "q75"]]), _FLOOR), "log")
        axes.set_xscale("log")
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.minorticks_off()
        axes.set_xlim(sizes[0] / 1.35, sizes[-1] * 1.35)
        solved = of_problem(about, "tolerance", problem)
        if solved:
            axes.axhline(solved, color=MUTED, linewidth=0.9, linestyle=LINES[2])
        for shift, (way, (colour, mark, _)) in zip((0.95, 1.05), WAYS.items(), strict=True):
            for setting, (dash, size) in _SETTINGS.items():
                rows = here[(here["by"] == way) & (here["setting"] == setting)].sort_values("population")
                x = rows["population"].to_numpy(dtype=float) * shift
                low, middle, high = (inside(np.maximum(rows[name], _FLOOR), axes) for name in COLUMNS[4:])
                axes.vlines(x, low, high, color=colour, linewidth=1.1, alpha=0.7)
                face = colour if setting == "tuned" else "white"
                axes.plot(x, middle, linestyle=dash, color=colour, marker=mark, markersize=size, markerfacecolor=face)
    handles = [Line2D([], [], color=colour, marker=mark, markersize=5) for colour, mark, _ in WAYS.values()]
    handles += [Line2D([], [], color=INK, linestyle=dash) for dash, _ in _SETTINGS.values()]
    legend_beside(figure, handles, WORDS)
    return figure
