"""Gain of each parameter of a genetic algorithm: a panel for each landscape, a row for each parameter."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.layout import legend_beside, sheet, width_of
from src.plotting.panels import columns_for
from src.plotting.scales import finite
from src.plotting.style import INK, MUTED, SMALL, dress
from src.plotting.words import seeds

COLUMNS = ("problem", "by", "parameter", "gain", "low", "high", "best")
WAYS = {"evaluations": ("#0072b2", "o", -0.14), "generations": ("#d55e00", "s", 0.14)}
_WIDTH, _ROW = 2.6, 0.42  # inches
_MOST = 30.0  # decades that are drawn; larger gains are artefacts


@draws("sweep")
def effects(tables: Tables, about: About) -> Figure | None:
    """Gain in decades from the worst to the best level of each parameter, at equal evaluations and generations."""
    found = table(tables, "parameter_effects", COLUMNS)
    if found is None or not finite(found["gain"]).size:
        return None
    problems, parameters = in_order(found, "problem"), in_order(found, "parameter")
    labels = [name.replace("_", " ") for name in parameters]
    columns = columns_for(len(problems))
    evaluations, generations = (about.get(key) for key in WAYS)
    words = {
        "evaluations": f"after {evaluations or 'as many'} evaluations",
        "generations": f"after {generations or 'as many'} generations",
    }
    figure, every = sheet(
        about,
        "Which parameters of a genetic algorithm matter?",
        "Decades by which the gap to the minimum shrinks from a parameter's worst level to its best (named), "
        f"averaged over the others' levels; levels chosen on tuning seeds; mean, 95 % interval, {seeds(about)}",
        [_ROW * len(parameters)] * -(-len(problems) // columns),
        width=_WIDTH,
        columns=columns,
        count=len(problems),
        left=width_of(labels, SMALL) + 0.2,
        gap=(0.3, 0.75),
        beside=list(words.values()),
        titled=True,
    )
    ends = np.clip(finite(found["low"], found["high"], found["gain"]), -_MOST, _MOST)
    right, left = max(1.0, float(ends.max()) * 1.3), min(-0.1, float(ends.min()) * 1.1)
    for place, (axes, problem) in enumerate(zip(every, problems, strict=True)):
        dress(axes, x="gain, decades of the gap", title=problem.replace("_", " "))
        axes.axvline(0, color=MUTED, linewidth=0.9)
        axes.set_xlim(left, right)
        axes.set_ylim(len(parameters) - 0.5, -0.5)
        axes.set_yticks(range(len(parameters)), labels if place % columns == 0 else [""] * len(parameters))
        for row in found[found["problem"] == problem].to_dict("records"):
            low, gain, high = (float(np.clip(row[name], left, right)) for name in ("low", "gain", "high"))
            if row["by"] not in WAYS or not np.isfinite(gain):
                continue
            colour, mark, shift = WAYS[row["by"]]
            y = parameters.index(str(row["parameter"])) + shift
            axes.plot([low, high], [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
            axes.plot([gain], [y], marker=mark, color=colour, markersize=5, linestyle="none")
            at = max(high, gain) + 0.02 * (right - left)
            axes.text(at, y, _level(row["best"]), fontsize=SMALL - 1, color=INK, va="center", clip_on=True)
    handles = [
        Line2D([], [], color=colour, marker=mark, markersize=5, linewidth=1.6) for colour, mark, _ in WAYS.values()
    ]
    legend_beside(figure, handles, [words[way] for way in WAYS])
    return figure


def _level(level: object) -> str:
    """Label of a level: a number in few digits, a word with spaces."""
    value = number(level)
    return str(level).replace("_", " ") if value is None else f"{value:.2g}" if value < 1 else f"{value:g}"
