"""Time to solve a problem of bits against the mutation rate, measured and by exact theory."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite, inside
from src.plotting.style import INK, LINES, MARKERS, MUTED, dress
from src.plotting.words import seeds

COLUMNS = ("problem", "bits", "flips", "mean", "low", "high", "expected")
OPTIMA = ("problem", "bits", "optimum", "low", "high", "expected")
NAMES = {"onemax": "OneMax", "leading_ones": "LeadingOnes"}
SHADES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")


@draws("sweep")
def mutation_rate(tables: Tables, about: About) -> Figure | None:
    """A panel for each problem: mean evaluations over c, the line of theory, and the best c of both."""
    found, optima = table(tables, "flips", COLUMNS), table(tables, "optima", OPTIMA)
    if found is None or optima is None or not finite(found["mean"]).size:
        return None
    problems, sizes = in_order(found, "problem"), sorted(found["bits"].unique())
    words = [f"{size} bits, measured" for size in sizes] + [
        "exact theory",
        "best rate, measured",
        "best rate, theory",
    ]
    figure, every = sheet(
        about,
        "Is there a best mutation rate for bits, and is it where theory says?",
        f"Top: mean evaluations until solved with 95 % interval over {seeds(about)}; each of n bits is flipped with "
        "probability c / n. Bottom: the best c, by a fit with its 95 % interval, and by theory",
        [2.6],
        width=2.9,
        columns=len(problems),
        gap=(0.75, 0.6),
        beside=words,
        titled=True,
    )
    for axes, problem in zip(every, problems, strict=True):
        here, best = found[found["problem"] == problem], optima[optima["problem"] == problem]
        dress(axes, x="c, expected number of flipped bits", y="evaluations", title=NAMES.get(problem, problem))
        values = finite(here[["mean", "low", "high", "expected"]])
        apply(axes, "x", finite(here["flips"]), "log")
        apply(axes, "y", np.concatenate([values, values / 2.2]), "log")
        floor = axes.get_ylim()[0]
        for place, size in enumerate(sizes):
            shade, rows = SHADES[place % len(SHADES)], here[here["bits"] == size].sort_values("flips")
            x = rows["flips"].to_numpy(dtype=float)
            low, middle, high, expected = (inside(rows[name], axes) for name in ("low", "mean", "high", "expected"))
            axes.plot(x, expected, color=shade, linewidth=1.2, linestyle=LINES[0], zorder=1)
            axes.vlines(x, low, high, color=shade, linewidth=1.4)
            axes.plot(x, middle, color=shade, marker=MARKERS[place], markersize=4.5, linestyle="none")
            height = floor * 1.12 * 1.25**place
            for row in best[best["bits"] == size].to_dict("records"):
                ends = np.clip([row["low"], row["high"]], *axes.get_xlim())
                axes.plot(ends, [height, height], color=shade, linewidth=2.2, solid_capstyle="butt")
                spot = float(np.clip(row["optimum"], *axes.get_xlim()))
                axes.plot([spot], [height], color=shade, marker="|", markersize=9, markeredgewidth=2)
                theory = float(np.clip(row["expected"], *axes.get_xlim()))
                axes.plot([theory], [height], color=INK, marker="x", markersize=5, linestyle="none", zorder=4)
    handles = [
        Line2D([], [], color=SHADES[place % len(SHADES)], marker=MARKERS[place], markersize=5, linestyle="none")
        for place in range(len(sizes))
    ]
    handles.append(Line2D([], [], color=MUTED, linewidth=1.2))
    handles.append(Line2D([], [], color=MUTED, linewidth=2.2, marker="|", markersize=9, markeredgewidth=2))
    handles.append(Line2D([], [], color=INK, marker="x", markersize=5, linestyle="none"))
    legend_beside(figure, handles, words)
    return figure
