"""Final loss under each schedule over that at the constant learning rate: one panel per problem and loss."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.factor_axis import set_factor_axis
from src.plotting.layout import legend_beside, sheet, width_of
from src.plotting.panels import ordered
from src.plotting.scales import finite
from src.plotting.style import INK, MUTED, SMALL, dress, line, marker
from src.plotting.words import seeds

COLUMNS = ("problem", "method", "schedule", "metric", "effect", "low", "high")
LOSSES = {"final_loss": "training loss", "final_valid_loss": "validation loss", "final_test_loss": "test loss"}
_BASELINE = "constant"
_ROW = 0.25  # inches


@draws("sweep")
def effects(tables: Tables, about: About) -> Figure | None:
    """Median ratios with 95 % intervals; columns are problems, rows losses, those with most losses first."""
    effects = table(tables, "effects", COLUMNS)
    if effects is None:
        return None
    effects = effects[effects["schedule"] != _BASELINE]
    if not finite(effects["effect"]).size:
        return None
    metrics, methods, schedules = (in_order(effects, name) for name in ("metric", "method", "schedule"))
    methods = ordered(methods)
    counted = effects.groupby("problem", sort=False)["metric"].nunique().sort_values(ascending=False, kind="stable")
    problems = [str(name) for name in counted.index]
    study = f"{about['study']}: final" if about.get("study") else "Final"
    figure, every = sheet(
        about,
        "Does a learning-rate schedule improve on a constant rate?",
        f"{study} loss over that at a constant rate, seed by seed: median over {seeds(about)} and 95 % interval. "
        "Left of 1 is better. Each rate is tuned: for training loss where that is drawn, else for validation loss",
        [_ROW * len(schedules) + 0.1] * len(metrics),
        width=2.5,
        columns=len(problems),
        left=width_of(schedules, SMALL) + 0.25,
        gap=(0.25, 0.72),
        beside=methods,
        titled=True,
    )
    for place, axes in enumerate(every):
        row, column = divmod(place, len(problems))
        rows = effects[(effects["problem"] == problems[column]) & (effects["metric"] == metrics[row])]
        if rows.empty:
            axes.remove()
            continue
        alone = counted[problems[column]] == 1
        name = "loss above minimum" if alone else LOSSES.get(metrics[row], metrics[row])
        dress(axes, x=f"{name} / that at constant rate", title=f"{problems[column]}: {'loss' if alone else name}")
        axes.set_ylim(len(schedules) - 0.4, -0.6)
        axes.set_yticks(range(len(schedules)), schedules if column == 0 else [""] * len(schedules))
        _draw(axes, rows, methods, schedules)
    handles = [Line2D([], [], **line(m) | {"linestyle": "-"}, marker=marker(m), markersize=5) for m in methods]
    legend_beside(figure, handles, methods)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, methods: list[str], schedules: list[str]) -> None:
    set_factor_axis(axes, "x", rows[["effect", "low", "high"]].to_numpy(float))
    left, right = axes.get_xlim()
    axes.axvline(0.0, color=MUTED, linewidth=1.0, zorder=1)
    for place, method in enumerate(methods):
        shift = 0.26 * (place - (len(methods) - 1) / 2)
        for row in rows[rows["method"] == method].to_dict("records"):
            y = schedules.index(str(row["schedule"])) + shift
            middle, low, high = (float(row[name]) for name in ("effect", "low", "high"))
            if not np.isfinite(middle):
                beside = axes.get_yaxis_transform()
                axes.text(0.99, y, "diverged", fontsize=SMALL, transform=beside, ha="right", va="center", color=INK)
                continue
            ends = np.clip(np.nan_to_num([low, high], nan=middle, posinf=right, neginf=left), left, right)
            colour = line(method)["color"]
            axes.plot(ends, [y, y], color=colour, linewidth=1.6, solid_capstyle="butt")
            axes.plot([np.clip(middle, left, right)], [y], marker=marker(method), color=colour, markersize=4.5)
