"""One landscape of two coordinates: as a surface, and as contours with its minima."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from src.plotting.contract import About, Tables, draws, table
from src.plotting.landscape_marks import MINIMA, contours, legend_handles, minima, ranks, square
from src.plotting.layout import legend_above, sheet
from src.plotting.style import INK, MUTED, SMALL, TEXT, dress
from src.plotting.words import brief
from src.tables.planar_tables import CONTOURS

_SIDE = 3.6  # inches
_FACES = 60  # of the surface, on each side


@draws("run")
def landscape(tables: Tables, about: About) -> Figure | None:
    """A surface and filled contours of a landscape in two coordinates, with every minimum found."""
    grid, found = table(tables, "contours", CONTOURS), table(tables, "minima", MINIMA)
    if grid is None or found is None:
        return None
    figure, (left, right) = sheet(
        about,
        f"What does the landscape {_name(about)} look like?",
        _subtitle(found),
        [_SIDE],
        width=_SIDE,
        columns=2,
        gap=(1.1, 0.6),
        strip=True,
    )
    dress(right, x="x", y="y")
    filled = contours(right, grid)
    if filled is None:
        return None
    minima(right, found, flat=True)
    handles = legend_handles(chord=False)
    legend_above(right, list(handles.values()), list(handles))
    _surface(figure, left, grid)
    return figure


def _name(about: About) -> str:
    return str(about.get("problem") or "function").replace("_", " ")


def _subtitle(found: pd.DataFrame) -> str:
    levels = found["level"].value_counts()
    lowest = found["value"].min()
    value = f", the lowest {brief(lowest)}" if np.isfinite(lowest) else ""
    return f"{levels.get('global', 0)} global and {levels.get('local', 0)} local minima found in the box{value}"


def _surface(figure: Figure, place: Axes, grid: pd.DataFrame) -> None:
    """The surface in the place of the panel ``place``, which is removed; its colours are those of the contours."""
    x, y, heights = square(grid)
    box = place.get_position()
    place.remove()
    stride = max(1, len(x) // _FACES)
    kept = np.ma.filled(heights[::stride, ::stride].astype(float), np.nan)
    across, along = np.meshgrid(x[::stride], y[::stride])
    levels = ranks(heights)
    shade = np.searchsorted(levels, np.nan_to_num(kept, nan=levels[0])) / len(levels)
    axes: Any = figure.add_axes((box.x0 - 0.03, box.y0 - 0.06, box.width * 1.12, box.height * 1.16), projection="3d")
    colours = colormaps["viridis"](shade)
    axes.plot_surface(
        across,
        along,
        kept,
        facecolors=colours,
        rcount=_FACES,
        ccount=_FACES,
        linewidth=0,
        antialiased=False,
        shade=False,
    )
    axes.view_init(elev=38, azim=-60)
    axes.set_facecolor((1, 1, 1, 0))
    for side in (axes.xaxis, axes.yaxis, axes.zaxis):
        side.set_pane_color((1, 1, 1, 0))
        side.set_major_locator(MaxNLocator(4))
    axes.tick_params(labelsize=SMALL - 1, colors=MUTED, labelcolor=INK, pad=0)
    axes.set_xlabel("x", fontsize=TEXT, labelpad=-4)
    axes.set_ylabel("y", fontsize=TEXT, labelpad=-4)
    axes.set_zlabel("value", fontsize=TEXT, labelpad=-1)
