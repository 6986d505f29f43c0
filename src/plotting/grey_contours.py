"""A landscape as filled contours in grey, so that every method's colour shows on them."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet

_LEVELS = 13
_FLAT = 1e-200  # a landscape this low has no contours that could be numbered


def levels(values: np.ndarray, minimum: float | None) -> tuple[float, np.ndarray]:
    """The base that heights are measured from, and the levels above it, even in their logarithm.

    The base is the known minimum or the lowest value of the grid. Levels run from the first percentile of the
    heights, as the grid's nearest miss of the minimum is an accident, up to the highest.
    """
    lowest = float(values.min())
    base = lowest if minimum is None else min(minimum, lowest)
    heights = values - base
    top = float(heights.max())
    if top < _FLAT:
        return base, np.array([0.0, 1.0])
    bottom = max(float(np.quantile(heights, 0.01)), 1e-6 * top)
    return base, np.geomspace(bottom, top * 1.0001, _LEVELS) if bottom < 0.5 * top else np.linspace(0, top, _LEVELS)


def draw_contours(axes: Axes, grid: pd.DataFrame, minimum: float | None) -> QuadContourSet:
    """Greys that are darker further up, so that every method's colour shows on them."""
    square = grid.pivot_table(index="y", columns="x", values="value", dropna=False).replace([np.inf, -np.inf], np.nan)
    heights = np.ma.masked_invalid(square.to_numpy(dtype=float))
    base, places = levels(heights.compressed(), minimum)
    greys = [str(grey) for grey in np.linspace(0.99, 0.62, len(places))]
    x, y = square.columns.to_numpy(dtype=float), square.index.to_numpy(dtype=float)
    return axes.contourf(x, y, heights - base, levels=places, colors=greys, extend="min")
