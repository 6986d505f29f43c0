"""What figures over batch sizes share: panels by problem, the axis of batch sizes, points with intervals."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from src.plotting.contract import Tables, table
from src.plotting.scales import finite, inside

_LARGEST = 1e12  # samples: no batch has more
_LIGHTEST = 0.88  # of viridis: its yellow end is too light for lines on white


def batch_table(tables: Tables, name: str, columns: Sequence[str]) -> pd.DataFrame | None:
    """The rows of a table that have a batch size; None when there are none, or the table lacks one of ``columns``."""
    found = table(tables, name, columns)
    rows = None if found is None else found[found["batch"].between(1, _LARGEST)]
    return None if rows is None or rows.empty else rows


def batch_axis(axes: Axes, batches: Sequence[float]) -> None:
    """A logarithmic x axis (of base 2) for ``batches``, named at most six times."""
    sizes = np.unique(finite(batches))
    axes.set_xscale("log", base=2)
    if not sizes.size:
        return
    axes.set_xlim(sizes[0] / 1.4, sizes[-1] * 1.4)
    stride = -(-len(sizes) // 6)
    named = sizes[::stride]
    axes.xaxis.set_major_locator(FixedLocator(named.tolist()))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{size:g}" for size in named]))
    axes.xaxis.set_minor_locator(NullLocator())


def batch_colours(batches: Sequence[float]) -> dict[float, Any]:
    """A colour for each batch size, from dark (small) to light (large)."""
    sizes = sorted(set(batches))
    places = np.linspace(0, _LIGHTEST, max(len(sizes), 2))
    return {size: colormaps["viridis"](place) for size, place in zip(sizes, places, strict=False)}


def dots(axes: Axes, rows: pd.DataFrame, x: str, name: str, shift: float = 1.0, **look: Any) -> None:
    """Points of the column ``name`` over ``x``, with the interval ``name_low`` to ``name_high``.

    Args:
        axes: with its scales set.
        rows: the table.
        x: column along the axis.
        name: column upwards.
        shift: factor on x, so that series do not cover each other.
        look: ``color``, ``marker`` and the like.
    """
    shown = rows[np.isfinite(rows[name]) & np.isfinite(rows[x])].sort_values(x)
    at = inside_x(shown[x].to_numpy(dtype=float) * shift, axes)
    ends = [inside(shown[f"{name}_{end}"], axes) for end in ("low", "high")]
    known = np.isfinite(ends[0]) & np.isfinite(ends[1])
    axes.vlines(at[known], ends[0][known], ends[1][known], color=look["color"], linewidth=1.2)
    axes.plot(at, inside(shown[name], axes), **{"linestyle": "none", "markersize": 4.5, **look})


def inside_x(values: np.ndarray, axes: Axes) -> np.ndarray:
    """``values`` for the x axis, those beyond its limits at them."""
    within: np.ndarray = np.clip(values, *axes.get_xlim())
    return within
