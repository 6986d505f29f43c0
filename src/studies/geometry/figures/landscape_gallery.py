"""Contours or curve of every landscape, its minima, and whether it is convex."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting.contract import About, Tables, draws, table
from src.plotting.landscape_marks import MINIMA, SECTION, contours, counted, curve, legend_handles, minima
from src.plotting.layout import legend_beside, sheet
from src.plotting.style import INK, MUTED, SMALL, dress
from src.plotting.words import seeds
from src.tables.planar_tables import CONTOURS

COLUMNS = (
    "problem", "dimension", "convex", "chords_above", "tangents_below", "hessians_psd",
    "global_minima", "valleys", "local_minima", "edge_minima",
)  # fmt: skip
_SIDE, _COLUMNS = 1.55, 6  # inches; panels per row
_CONVEX, _NOT = "#009e73", "#b30000"


@draws("sweep")
def landscape_gallery(tables: Tables, about: About) -> Figure | None:
    """One panel per landscape in one or two coordinates, in the order of the table ``landscapes``."""
    rows, found = table(tables, "landscapes", COLUMNS), table(tables, "minima", ("problem", *MINIMA))
    if rows is None or found is None:
        return None
    grids = _by_problem(table(tables, "contours", ("problem", *CONTOURS)))
    curves = _by_problem(table(tables, "section", ("problem", *SECTION)))
    drawn = [row for _, row in rows.iterrows() if row["problem"] in (grids if row["dimension"] == 2 else curves)]
    if not drawn:
        return None
    handles = legend_handles(chord=bool(curves))
    columns = min(_COLUMNS, len(drawn))
    figure, panels = sheet(
        about,
        "What do the landscapes look like, and which of them are convex?",
        _subtitle(rows, len(drawn), about),
        [*[_SIDE] * -(-len(drawn) // columns), 0.0],  # an empty row, for the words below the last
        width=_SIDE,
        columns=columns,
        count=len(drawn),
        left=0.5,
        gap=(0.48, 1.0),
        beside=list(handles),
        titled=True,
    )
    for axes, row in zip(panels, drawn, strict=True):
        name = str(row["problem"])
        dress(axes, title=name.replace("_", " "))
        axes.locator_params(nbins=4)
        if row["dimension"] == 2:
            contours(axes, grids[name])
        else:
            curve(axes, curves[name])
        minima(axes, found[found["problem"] == name], flat=row["dimension"] == 2)
        _write(axes, row)
    legend_beside(figure, list(handles.values()), list(handles))
    return figure


def _by_problem(frame: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    return {} if frame is None else {str(name): rows for name, rows in frame.groupby("problem")}


def _write(axes: Axes, row: "pd.Series[Any]") -> None:
    """Write the result of the tests, the counts and the shares below the panel."""
    convex = row["convex"]
    known = isinstance(convex, bool | np.bool_)
    words, colour = (
        ("tests disagree", MUTED) if not known else ("convex", _CONVEX) if convex else ("not convex", _NOT)
    )
    place: dict[str, Any] = {"transform": axes.transAxes, "va": "top", "fontsize": SMALL}
    axes.text(0, -0.17, words, color=colour, fontweight="bold", **place)
    shares = "chords {:.0%}, Hessians {:.0%}".format(*(_share(row[key]) for key in ("chords_above", "hessians_psd")))
    axes.text(0, -0.29, counted(row.to_dict()), color=INK, **place)
    axes.text(0, -0.41, shares, color=MUTED, **place)


def _share(value: float) -> float:
    """A share as it is printed: a share below 1 is not rounded up to 1."""
    if not np.isfinite(value):
        return 0.0
    return min(value, 0.99) if value < 1 else 1.0


def _subtitle(rows: pd.DataFrame, drawn: int, about: About) -> str:
    left = len(rows) - drawn
    without = f"; {left} with more coordinates not drawn" if left else ""
    return (
        f"{drawn} landscapes, dark is low{without}. Below each: convex or not, the minima found (edge: local ones "
        "where the box ends), and the share of random chords that lie above it and of points whose Hessian is "
        f"positive semi-definite ({seeds(about)}); convex: 100 %"
    )
