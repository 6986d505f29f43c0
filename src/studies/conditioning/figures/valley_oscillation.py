"""How methods go down two valleys: steps, crossings and turning of the tuned methods (claims C3, C5)."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting.batch_axis import inside_x
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import sheet, width_of
from src.plotting.panels import ordered
from src.plotting.scales import finite, limits
from src.plotting.style import SMALL, dress, line, marker
from src.plotting.words import seeds

MEASURES = {
    "steps": "steps to the target",
    "crossings_per_step": "crossings per step",
    "turning": "mean turning angle, degrees",
    "path_ratio": "path over straight way",
}
COLUMNS = ("problem", "method", "crossings_per_step", "turning", "path_ratio")
STEPS = ("problem", "method", "steps", "steps_low", "steps_high", "family")


@draws("sweep")
def valley_oscillation(tables: Tables, about: About) -> Figure | None:
    """A row for each valley and a panel for each measure; medians with 95 % intervals."""
    oscillation, steps = table(tables, "oscillation", COLUMNS), table(tables, "condition_steps", STEPS)
    if oscillation is None or steps is None:
        return None
    rows = oscillation.merge(steps[steps["family"] == "other"], on=["problem", "method"], suffixes=("", "_steps"))
    rows = rows[rows["problem"].str.contains("valley|bowl")]
    if rows.empty:
        return None
    problems, methods = in_order(rows, "problem"), ordered(in_order(rows, "method"))
    study = f"{about['study']}: median" if about.get("study") else "Median"
    figure, every = sheet(
        about,
        "Which method oscillates across a narrow valley?",
        f"{study} and 95 % interval over {seeds(about)}, up to the target; every method tuned for the fewest steps",
        [0.24 * len(methods) + 0.15] * len(problems),
        width=1.75,
        columns=len(MEASURES),
        left=width_of(methods, SMALL) + 0.25,
        gap=(0.25, 0.75),
        titled=True,
    )
    for number, problem in enumerate(problems):
        for place, (measure, label) in enumerate(MEASURES.items()):
            axes = every[number * len(MEASURES) + place]
            dress(axes, x=label, title=problem if place == 0 else "")
            axes.set_ylim(len(methods) - 0.4, -0.6)
            axes.set_yticks(range(len(methods)), methods if place == 0 else [""] * len(methods))
            _dots(axes, rows[rows["problem"] == problem], methods, measure)
    return figure


def _dots(axes: Axes, rows: pd.DataFrame, methods: list[str], measure: str) -> None:
    columns = [measure, f"{measure}_low", f"{measure}_high"]
    values = finite(rows[[name for name in columns if name in rows]])
    axes.set_xlim(*limits(values.clip(-1e12, 1e12), "linear"))
    for place, method in enumerate(methods):
        found = rows.loc[rows["method"] == method, [name for name in columns if name in rows]]
        if found.empty or not finite(found.iloc[0, 0]).size:
            continue
        at = inside_x(found.iloc[0].to_numpy(dtype=float), axes)
        look = line(method)
        if len(at) == 3:
            axes.plot(at[1:], [place, place], color=look["color"], linewidth=1.6, solid_capstyle="butt")
        axes.plot(at[:1], [place], marker=marker(method), color=look["color"], markersize=5.5, clip_on=False)
