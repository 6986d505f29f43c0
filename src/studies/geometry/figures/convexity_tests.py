"""Shares of random points and pairs that pass each test of convexity, for landscapes in any number of coordinates."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About, Tables, draws, table
from src.plotting.layout import legend_beside, sheet, width_of
from src.plotting.style import INK, MUTED, SMALL, dress
from src.plotting.words import seeds
from src.studies.geometry.convexity import TESTS

COLUMNS = ("pairs", *TESTS)
ROWS = dict(zip(TESTS, ("chord lies above", "tangent lies below", "Hessian is PSD"), strict=True))
_LEGEND = {
    "one seed": Line2D([], [], linestyle="none", marker="o", color=MUTED, markersize=3.5),
    "all seeds": Line2D([], [], linestyle="none", marker="D", color=INK, markersize=5.5),
}


@draws("run")
def convexity_tests(tables: Tables, about: About) -> Figure | None:
    """One row per test: the share of each seed's points, and of the points of all seeds."""
    found = table(tables, "convexity", COLUMNS)
    if found is None:
        return None
    figure, (axes,) = sheet(
        about,
        f"Is the landscape {about.get('problem') or ''} convex?".replace("  ", " "),
        f"Share of random pairs and points over the box that pass each test; {seeds(about)}. One violation disproves "
        "convexity",
        [1.3],
        width=4.0,
        left=width_of(list(ROWS.values()), SMALL) + 0.25,
        beside=list(_LEGEND),
    )
    dress(axes, x="share without a violation")
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_ylim(len(ROWS) - 0.5, -0.5)
    axes.set_yticks(range(len(ROWS)), list(ROWS.values()))
    pairs = found["pairs"].to_numpy(dtype=float)
    for place, test in enumerate(ROWS):
        passed = found[test].to_numpy(dtype=float)
        with np.errstate(all="ignore"):
            shares, pooled = passed / pairs, passed.sum() / pairs.sum()
        known = np.clip(shares[np.isfinite(shares)], 0, 1)
        axes.plot(known, np.full(len(known), place), linestyle="none", marker="o", color=MUTED, markersize=3.5)
        if np.isfinite(pooled):
            axes.plot([np.clip(pooled, 0, 1)], [place], linestyle="none", marker="D", color=INK, markersize=5.5)
    legend_beside(figure, list(_LEGEND.values()), list(_LEGEND))
    return figure
