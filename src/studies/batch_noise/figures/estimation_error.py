"""Error of an averaged gradient against its cost (row R31)."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.batch_axis import batch_axis, batch_table, dots
from src.plotting.contract import About, Tables, draws, number
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import apply, finite
from src.plotting.style import INK, MUTED, dress

COLUMNS = ("batch", "rms", "rms_low", "rms_high", "theory", "exponent", "exponent_low", "exponent_high")


@draws("sweep")
def estimation_error(tables: Tables, about: About) -> Figure | None:
    """Root mean square error with 95 % intervals, and theory's spread / sqrt(B); the legend holds the exponent."""
    rows = batch_table(tables, "estimation", COLUMNS)
    if rows is None:
        return None
    low, high = (number(rows[f"exponent_{end}"].iloc[0]) for end in ("low", "high"))
    law = "measured" if low is None or high is None else f"measured: exponent {low:.3f} … {high:.3f}"
    names = [
        law,
        "theory: 0.5/√B" if np.isclose(rows["theory"].iloc[0] * rows["batch"].iloc[0] ** 0.5, 0.5) else "theory",
    ]
    figure, (axes,) = sheet(
        about,
        "What does a better gradient cost?",
        f"{about.get('study', 'Study')}: estimates of the slope 2x from B noisy draws per point, over [-2, 2]. "
        "A tenth of the error costs a hundred times the draws",
        [2.6],
        width=4.0,
        beside=names,
    )
    dress(axes, x="draws B per point (the cost)", y="root mean square error")
    batch_axis(axes, rows["batch"].to_list())
    apply(axes, "y", finite(rows[["rms", "theory"]]), "log", 5)
    axes.plot(rows["batch"], rows["theory"], color=MUTED, linestyle=(0, (5, 2)), linewidth=1.2)
    dots(axes, rows, "batch", "rms", color=INK, marker="o")
    handles = [Line2D([], [], color=INK, marker="o", markersize=4.5, linewidth=1.2)]
    legend_beside(figure, [*handles, Line2D([], [], color=MUTED, linestyle=(0, (5, 2)), linewidth=1.2)], names)
    return figure
