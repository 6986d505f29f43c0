"""An axis of ratios, given in decades: logarithmic, with ticks in plain factors or per cent."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from src.plotting.scales import finite

_ABOVE = (1.01, 1.02, 1.05, 1.1, 1.2, 1.5, 2, 3, 5, 10, 30, 100, 1e3, 1e4)
_BELOW = (0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3, 0.2, 0.1, 0.03, 0.01, 1e-3, 1e-4)
_TICKS = np.log10([*_BELOW, 1.0, *_ABOVE])
_LIMIT, _NARROW = 4.0, 0.02  # decades


def set_factor_axis(axes: Axes, axis: Literal["x", "y"], decades: object, most: int = 6) -> None:
    """Limit one axis, in decades, to all finite ``decades`` and 0, and tick it at about ``most`` round factors."""
    values = np.clip(finite(decades, [0.0]), -_LIMIT, _LIMIT)
    margin = max(0.06 * (values.max() - values.min()), _NARROW)
    low, high = values.min() - margin, values.max() + margin
    (axes.set_xlim if axis == "x" else axes.set_ylim)(low, high)
    inside = _TICKS[(low <= _TICKS) & (high >= _TICKS)]
    # Thinned from 1 outwards, so that 1 stays, with a least distance between ticks.
    room, kept = (high - low) / most, [0.0]
    for tick in sorted(inside, key=abs):
        if all(abs(tick - other) >= room for other in kept):
            kept.append(float(tick))
    places = sorted(kept)
    target = axes.xaxis if axis == "x" else axes.yaxis
    target.set_minor_locator(NullLocator())
    target.set_major_locator(FixedLocator(places))
    target.set_major_formatter(FixedFormatter([f"{10**place:.3g}" for place in places]))
