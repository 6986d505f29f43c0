"""Steps to the target before and after standardizing the features (claim C26)."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.batch_axis import inside_x
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_above, sheet, width_of
from src.plotting.panels import ordered
from src.plotting.scales import apply, finite
from src.plotting.style import MUTED, SMALL, dress, line
from src.plotting.words import brief, seeds

COLUMNS = ("problem", "method", "condition", "steps", "steps_low", "steps_high")
KINDS = {"features_raw": "as measured", "features_standardized": "standardized"}


@draws("sweep")
def feature_scaling(tables: Tables, about: About) -> Figure | None:
    """A row for each method: hollow before, filled after; with the Hessian's condition numbers."""
    rows = table(tables, "condition_steps", COLUMNS)
    rows = None if rows is None else rows[rows["problem"].isin(KINDS)]
    if rows is None or rows.empty or not finite(rows["steps"]).size:
        return None
    methods = ordered(in_order(rows, "method"))
    known = {kind: finite(rows.loc[rows["problem"] == kind, "condition"]) for kind in KINDS}
    words = {
        kind: f"{name}, κ = {brief(known[kind][0])}" if known[kind].size else name for kind, name in KINDS.items()
    }
    study = f"{about['study']}: median" if about.get("study") else "Median"
    figure, [axes] = sheet(
        about,
        "How much does standardizing the features save?",
        f"{study} steps to the target and 95 % interval over {seeds(about)}, linear regression; every method tuned",
        [0.3 * len(methods) + 0.2],
        width=5.2,
        left=width_of(methods, SMALL) + 0.25,
        strip=True,
    )
    dress(axes, x="steps to the target")
    apply(axes, "x", finite(rows[list(COLUMNS[3:])]), "log", 6)
    axes.set_ylim(len(methods) - 0.4, -0.6)
    axes.set_yticks(range(len(methods)), methods)
    for place, method in enumerate(methods):
        colour = line(method)["color"]
        for kind, shift in zip(KINDS, (-0.14, 0.14), strict=True):
            found = rows[(rows["method"] == method) & (rows["problem"] == kind)]
            values = found[list(COLUMNS[3:])].to_numpy(dtype=float)
            if not len(values) or not np.isfinite(values[0, 0]):
                continue
            at = inside_x(np.nan_to_num(values[0], nan=values[0, 0], posinf=1e300, neginf=0), axes)
            axes.plot(at[1:], [place + shift] * 2, color=colour, linewidth=1.4)
            fill = "white" if kind == "features_raw" else colour
            axes.plot(at[:1], [place + shift], marker="o", color=colour, markerfacecolor=fill, markersize=6)
    fills = {"features_raw": "white", "features_standardized": MUTED}
    handles = [Line2D([], [], linestyle="none", marker="o", color=MUTED, markerfacecolor=fills[k]) for k in KINDS]
    legend_above(axes, handles, list(words.values()))
    return figure
