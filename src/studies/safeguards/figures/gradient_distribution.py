"""Effect of a method's first step on a gradient of mixed scales (row R64): a histogram after each part."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, number, table
from src.plotting.layout import sheet
from src.plotting.scales import apply, finite
from src.plotting.style import INK, MUTED, SMALL, dress, line
from src.plotting.words import brief, subject

_LEAST = 0.5  # where the log axis of counts begins
COLUMNS = ("stage", "number", "left", "right", "count", "norm")


@draws("run")
def gradient_distribution(tables: Tables, about: About) -> Figure | None:
    """Log counts of 100 000 coordinates in 50 bins, the gradient first and then what each part makes of it."""
    found = table(tables, "distribution", COLUMNS)
    if found is None or not finite(found["count"]).size:
        return None
    stages = [(str(name), rows) for (_, name), rows in found.groupby(["number", "stage"])]
    if not stages:
        return None
    method, _ = subject(about)
    figure, every = sheet(
        about,
        f"What does the first step of {method} make of a gradient of mixed scales?",
        "A normal matrix of 1000 rows and 100 columns as one gradient, half of its columns a hundredth and half a "
        "hundred times as large; 50 bins",
        [1.7],
        width=2.4,
        columns=len(stages),
        gap=(0.5, 0.6),
        titled=True,
    )
    for axes, (stage, rows) in zip(every, stages, strict=True):
        counts = np.clip(np.nan_to_num(rows["count"].astype(float), posinf=0.0, neginf=0.0), 0.0, 1e9)
        left, right = (np.clip(np.nan_to_num(rows[name].astype(float)), -1e9, 1e9) for name in ("left", "right"))
        edges = np.append(left, right[-1])
        dress(axes, x="coordinate", y="count", title=stage if stage == "gradient" else f"after {stage}")
        apply(axes, "y", np.array([_LEAST, max(float(counts.max()) * 2, 10.0)]), "log", ticks=5)
        apply(axes, "x", edges, "linear")
        colour = INK if stage == "gradient" else line(stage)["color"]
        axes.stairs(np.maximum(counts, _LEAST), edges, baseline=_LEAST, fill=True, color=colour, alpha=0.85)
        axes.ticklabel_format(axis="x", style="sci", scilimits=(-2, 4), useMathText=False)
        axes.xaxis.get_offset_text().set_fontsize(SMALL)
        norm = number(rows["norm"].iloc[0])
        if norm is not None:
            place: dict[str, Any] = {
                "transform": axes.transAxes,
                "ha": "right",
                "va": "top",
                "color": MUTED,
                "fontsize": SMALL,
            }
            axes.text(0.99, 0.99, f"norm {brief(norm)}", **place)
    return figure
