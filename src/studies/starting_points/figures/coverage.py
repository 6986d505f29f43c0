"""Coverage of the box by each start, and the minima that descents from its points find."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting import series
from src.plotting.contract import About, Tables, draws, in_order, number, table
from src.plotting.layout import sheet, width_of
from src.plotting.scales import apply, finite
from src.plotting.style import INK, MUTED, SMALL, dress

ROWS = {
    "discrepancy": "centred discrepancy",
    "largest_hole": "largest hole / side",
    "minima": "minima found",
    "found_global": "finds a global minimum",
}
THEORY = {"minima": "expected_minima", "found_global": "expected_global"}
COLUMNS = (
    "problem",
    "start",
    "known_minima",
    *THEORY.values(),
    *ROWS,
    *(f"{n}_{e}" for n in ROWS for e in ("low", "high")),
)
_ROW = 0.22  # inches


@draws("sweep")
def coverage(tables: Tables, about: About) -> Figure | None:
    """Means over the designs with 95 % intervals; columns are landscapes, rows are measures."""
    coverage = table(tables, "coverage", COLUMNS)
    if coverage is None or not finite(*(coverage[name] for name in ROWS)).size:
        return None
    problems, starts = in_order(coverage, "problem"), in_order(coverage, "start")
    points, designs = number(about.get("points")), number(about.get("seeds"))
    size = "the points" if points is None else f"{points:.0f} points"
    count = "the designs" if designs is None else f"{designs:.0f} designs"
    figure, every = sheet(
        about,
        "Do starting points matter, and does it help to spread them evenly?",
        f"Gradient descent from {size} per design: mean over {count} and 95 % interval. Top two rows: smaller is "
        "better. Bottom two rows: larger is better. Dashed: theory of independent uniform points, from the areas of "
        "the basins",
        [_ROW * len(starts) + 0.15] * len(ROWS),
        width=1.75,
        columns=len(problems),
        left=width_of(starts, SMALL) + 0.25,
        gap=(0.35, 0.6),
        titled=True,
    )
    for place, axes in enumerate(every):
        row, column = divmod(place, len(problems))
        name, label = list(ROWS.items())[row]
        own = coverage[coverage["problem"] == problems[column]]
        known = number(own["known_minima"].iloc[0])
        total = f" of {known:.0f}" if name == "minima" and known is not None else ""
        dress(axes, x=label + total, title=problems[column] if row == 0 else "")
        _scale(axes, name, coverage, known)
        axes.set_ylim(len(starts) - 0.4, -0.6)
        axes.set_yticks(range(len(starts)), starts if column == 0 else [""] * len(starts))
        expected = finite(own[THEORY[name]]) if name in THEORY else np.empty(0)
        if expected.size:
            axes.axvline(expected[0], color=INK, linewidth=1.1, linestyle="--", zorder=1)
        _draw(axes, own, name, starts)
    return figure


def _scale(axes: Axes, name: str, coverage: pd.DataFrame, known: float | None) -> None:
    if name == "found_global":
        axes.set_xlim(-0.03, 1.03)
        axes.set_xticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
    elif name == "minima":
        apply(axes, "x", finite(0.0, 1.0 if known is None else known), "linear", 4)
    else:
        apply(axes, "x", finite(0.0, coverage[[name, f"{name}_high"]]), "linear", 4)


def _draw(axes: Axes, rows: pd.DataFrame, name: str, starts: list[str]) -> None:
    left, right = axes.get_xlim()
    for place, start in enumerate(starts):
        found = rows.loc[rows["start"] == start, [name, f"{name}_low", f"{name}_high"]]
        if found.empty:
            continue
        middle, low, high = found.iloc[0].to_numpy(dtype=float)
        colour = series.look(place + 1)["color"]
        if not np.isfinite(middle):
            axes.text(right, place, "no value", fontsize=SMALL, color=MUTED, ha="right", va="center")
            continue
        ends = np.clip(np.nan_to_num([low, high], nan=middle, posinf=right, neginf=left), left, right)
        axes.plot(ends, [place, place], color=colour, linewidth=1.8, solid_capstyle="butt")
        middle = np.clip(middle, left, right)
        axes.plot([middle], [place], marker=series.sign(place), color=colour, markersize=5, clip_on=False)
