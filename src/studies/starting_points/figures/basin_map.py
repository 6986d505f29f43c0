"""One design of starting points on the landscape, and the minima to which descent takes them."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting import landscape_marks
from src.plotting.contract import About, Tables, draws, in_order, table
from src.plotting.layout import legend_beside, sheet
from src.plotting.scales import finite
from src.plotting.style import INK, dress
from src.tables.planar_tables import CONTOURS

STARTS = ("design", "x", "y", "end_x", "end_y", "minimum")
MINIMA = ("x", "y", "value", "global")
MARKS: dict[str, dict[str, Any]] = {
    "starting point": {"marker": "o", "markersize": 3.6, "color": "white", "markeredgecolor": INK},
    "minimum, found": {"marker": "o", "markersize": 6.5, "color": "#d55e00", "markeredgecolor": "white"},
    "minimum, missed": {"marker": "X", "markersize": 6, "color": INK, "markeredgecolor": "white"},
    "global minimum": {"marker": "*", "markersize": 15, "color": "#f0e442", "markeredgecolor": INK},
}
_MOST_COLUMNS = 5


@draws("run", "sweep")
def basin_map(tables: Tables, about: About) -> Figure | None:
    """The first design of each start on the first landscape, one panel per start."""
    starts, minima, grid = (
        table(tables, name, columns)
        for name, columns in (("starts", STARTS), ("basins", MINIMA), ("contours", CONTOURS))
    )
    if starts is None or minima is None or grid is None or not finite(grid["value"]).size:
        return None
    # The tables of a run lack both columns, as they are of one problem and one start.
    names = {key: about.get(key) or key for key in ("problem", "start")}
    starts, minima, grid = (_with_names(frame, names) for frame in (starts, minima, grid))
    problem = in_order(grid, "problem")[0]
    starts, minima, grid = (frame[frame["problem"] == problem] for frame in (starts, minima, grid))
    starts = starts[starts["design"] == starts["design"].min()]
    names_of_starts = in_order(starts, "start")
    if not names_of_starts:
        return None
    columns = min(len(names_of_starts), _MOST_COLUMNS)
    rows = -(-len(names_of_starts) // columns)
    figure, every = sheet(
        about,
        f"Which minima of {problem} do the starting points lead to?",
        "One design of each start. Gradient descent takes each point to the minimum at its line's end; dark is low",
        [2.0] * rows,
        width=2.0,
        columns=columns,
        count=len(names_of_starts),
        gap=(0.3, 0.7),
        beside=list(MARKS),
        titled=True,
    )
    for place, (axes, name) in enumerate(zip(every, names_of_starts, strict=True)):
        own = starts[starts["start"] == name]
        found = own.loc[own["minimum"] >= 0, "minimum"].nunique()
        dress(axes, x="x", y="y" if place % columns == 0 else "", title=f"{name}: {found} of {len(minima)}")
        if place % columns:
            axes.tick_params(labelleft=False)
        landscape_marks.contours(axes, grid)
        _draw(axes, own, minima)
    legend_beside(figure, [Line2D([], [], linestyle="none", **look) for look in MARKS.values()], list(MARKS))
    return figure


def _with_names(frame: pd.DataFrame, names: dict[str, Any]) -> pd.DataFrame:
    """``frame`` with the columns of ``names`` that it lacks."""
    return frame.assign(**{key: value for key, value in names.items() if key not in frame})


def _draw(axes: Axes, starts: pd.DataFrame, minima: pd.DataFrame) -> None:
    places = starts[["x", "y", "end_x", "end_y"]].to_numpy(dtype=float)
    places = np.clip(places[np.isfinite(places).all(axis=1)], -1e100, 1e100)
    limits = axes.get_xlim(), axes.get_ylim()
    axes.plot(places[:, [0, 2]].T, places[:, [1, 3]].T, color="white", linewidth=0.9, alpha=0.9)
    axes.plot(places[:, 0], places[:, 1], linestyle="none", **MARKS["starting point"])
    reached = set(finite(starts["minimum"]).tolist())
    for number, row in enumerate(minima.to_dict("records")):
        x, y = float(row["x"]), float(row["y"])
        if not np.isfinite([x, y]).all():
            continue
        found = number in reached
        if bool(row["global"]):
            axes.plot([x], [y], linestyle="none", zorder=3, **MARKS["global minimum"])
        mark = MARKS["minimum, found" if found else "minimum, missed"]
        axes.plot([x], [y], linestyle="none", zorder=4, **mark)
    axes.set_xlim(*limits[0])
    axes.set_ylim(*limits[1])
