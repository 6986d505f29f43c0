"""One landscape: as a surface and as contours with its minima, or as a curve with a chord."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from src.core.tables import CONTOURS
from src.figures.contract import About, Tables, table
from src.figures.landscape_marks import MINIMA, SECTION, contours, curve, legend_handles, minima, ranks, square
from src.figures.sheet import legend_above, sheet
from src.figures.style import INK, MUTED, SMALL, TEXT, dress
from src.figures.words import brief

_SIDE = 3.6  # inches
_FACES = 60  # of the surface, on each side


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


def landscape_curve(tables: Tables, about: About) -> Figure | None:
    """A landscape in one coordinate, its minima, and a chord: on a convex one it lies nowhere below."""
    section, found = table(tables, "section", SECTION), table(tables, "minima", MINIMA)
    if section is None or found is None:
        return None
    figure, (axes,) = sheet(
        about,
        f"Does the chord lie above the {_name(about)}?",
        _chord_words(section),
        [3.2],
        width=5.0,
        strip=True,
    )
    dress(axes, x="x", y="value")
    curve(axes, section)
    minima(axes, found, flat=False)
    handles = legend_handles(chord=True)
    legend_above(axes, list(handles.values()), list(handles))
    return figure


def _name(about: About) -> str:
    return str(about.get("problem") or "function").replace("_", " ")


def _subtitle(found: pd.DataFrame) -> str:
    levels = found["level"].value_counts()
    lowest = found["value"].min()
    value = f", the lowest {brief(lowest)}" if np.isfinite(lowest) else ""
    return f"{levels.get('global', 0)} global and {levels.get('local', 0)} local minima found in the box{value}"


def _chord_words(section: pd.DataFrame) -> str:
    gap = (section["chord"] - section["value"]).to_numpy(dtype=float)
    gap = gap[np.isfinite(gap)]
    if not len(gap):
        return "no chord"
    below = float((gap < -1e-9 * max(1.0, float(np.abs(gap).max()))).mean())
    return "The chord lies nowhere below it" if below == 0 else f"The chord lies below it on {below:.0%} of its way"


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
