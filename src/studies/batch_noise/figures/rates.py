"""Best learning rates and samples to the target against the batch size."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.batch_axis import batch_axis, batch_table, dots
from src.plotting.contract import About, Tables, draws, in_order
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite
from src.plotting.series import OKABE_ITO
from src.plotting.style import INK, MUTED, dress

COLUMNS = (
    "problem",
    "batch",
    "fastest",
    "fastest_low",
    "fastest_high",
    "lowest",
    "samples",
    "steps_low",
    "steps_high",
)

_LOWEST = OKABE_ITO[4]
_GUIDES: dict[str, tuple[float, Any]] = {"in proportion to B": (1.0, (0, (5, 2))), "as √B": (0.5, (0, (1.2, 1.2)))}
_LEGEND = {
    "fastest to the target": Line2D([], [], color=INK, marker="o", markersize=4.5, linewidth=1.2),
    "lowest after equal epochs": Line2D([], [], color=_LOWEST, marker="D", markersize=4, linestyle="none"),
} | {words: Line2D([], [], color=MUTED, linestyle=dash, linewidth=1.2) for words, (_, dash) in _GUIDES.items()}


@draws("sweep")
def rates(tables: Tables, about: About) -> Figure | None:
    """Top: best learning rates with guides in proportion to B and √B. Bottom: samples = steps x batch size."""
    steps = batch_table(tables, "steps_to_target", COLUMNS)
    if steps is None or not finite(steps["fastest"]).size:
        return None
    problems = in_order(steps, "problem")
    figure, every = sheet(
        about,
        "Do larger batches allow larger learning rates, and what do they cost in samples?",
        f"{about.get('study', 'Study')}. Top: best of learning rates a factor of 2 apart, 95 % intervals over tuning "
        "seeds. Bottom: samples to the target, flat where twice the batch halves the steps",
        [1.9, 1.9],
        width=2.45,
        columns=len(problems),
        gap=(0.68, 0.5),
        beside=list(_LEGEND),
        titled=True,
    )
    for column, problem in enumerate(problems):
        rows = steps[steps["problem"] == problem]
        above, below = every[column], every[column + len(problems)]
        dress(above, y="best learning rate" if column == 0 else "", title=problem)
        batch_axis(above, rows["batch"].to_list())
        apply(above, "y", finite(rows[["fastest", "fastest_low", "fastest_high", "lowest"]]), "log", 5)
        _guides(above, rows)
        above.plot(rows["batch"], rows["lowest"], color=_LOWEST, marker="D", markersize=4, linestyle="none")
        dots(above, rows, "batch", "fastest", color=INK, marker="o")
        dress(below, x="batch size B", y="samples to the target" if column == 0 else "")
        batch_axis(below, rows["batch"].to_list())
        samples = rows.assign(**{f"samples_{end}": rows[f"steps_{end}"] * rows["batch"] for end in ("low", "high")})
        apply(below, "y", finite(samples[["samples", "samples_low", "samples_high"]]), "log", 5)
        dots(below, samples, "batch", "samples", color=INK, marker="o")
    legend_beside(figure, list(_LEGEND.values()), list(_LEGEND))
    return figure


def _guides(axes: Axes, rows: pd.DataFrame) -> None:
    """Lines of both slopes through the fastest learning rate of the smallest batch."""
    first = rows.sort_values("batch").iloc[0]
    at = np.array(axes.get_xlim())
    limits = axes.get_xlim(), axes.get_ylim()
    for slope, dash in _GUIDES.values():
        axes.plot(at, first["fastest"] * (at / first["batch"]) ** slope, color=MUTED, linestyle=dash, linewidth=1.2)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
