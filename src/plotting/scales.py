"""Axis scales from the data: logarithmic where they span decades, with few ticks in plain text.

Ticks are set here rather than left to matplotlib: it draws them several times as slowly (minor ticks, and labels
through its formula renderer), and this is most of a small figure's cost.
"""

from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator

Scale = Literal["linear", "log", "symlog"]
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARGIN = 0.04  # of the axis, on both sides
_HUGE = 1e100  # no axis goes further, so that no product of its limits overflows
_DECADES = 40  # no log axis spans more


def finite(*values: Any) -> np.ndarray:
    """All finite numbers of ``values`` (anything array-like), flat; those beyond 1e100 are brought back to it."""
    flat = np.concatenate([np.asarray(item, dtype=float).ravel() for item in values]) if values else np.empty(0)
    kept: np.ndarray = np.clip(flat[np.isfinite(flat)], -_HUGE, _HUGE)
    return kept


def choose(values: np.ndarray) -> Scale:
    """The scale for finite ``values``: log when they span more than a decade, symlog for huge mixed signs.

    Zeros among positive numbers (a gradient that vanished) don't speak against log: they leave the panel downwards.
    """
    sizes = np.abs(values[values != 0])
    if sizes.size == 0:
        return "linear"
    low = values.min()
    if low >= 0:
        return "log" if sizes.max() > 10 * sizes.min() else "linear"
    return "symlog" if sizes.max() > max(1e3, 1e3 * np.median(sizes)) else "linear"


def apply(axes: Axes, axis: Literal["x", "y"], values: np.ndarray, scale: Scale, ticks: int = 7) -> None:
    """Set scale, limits and ticks of one axis so that all finite ``values`` fit, with about ``ticks`` ticks."""
    target = axes.xaxis if axis == "x" else axes.yaxis
    if scale != "linear":
        (axes.set_xscale if axis == "x" else axes.set_yscale)(scale)
    low, high = limits(values, scale)
    (axes.set_xlim if axis == "x" else axes.set_ylim)(low, high)
    target.set_minor_locator(NullLocator())
    if scale == "linear":
        target.set_major_locator(MaxNLocator(min(ticks, 5)))
        return
    places = _decades(low, high, ticks) if scale == "log" else _signed_decades(low, high)
    target.set_major_locator(FixedLocator(places))
    target.set_major_formatter(FixedFormatter(_names(places)))


def limits(values: np.ndarray, scale: Scale) -> tuple[float, float]:
    """Lower and upper limit around ``values``, with a margin; (0, 1) where there are none."""
    values = values[values > 0] if scale == "log" else values
    if values.size == 0:
        return (0.1, 1.0) if scale == "log" else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if scale == "log":
        low = max(low, high * 10.0**-_DECADES)
        margin = max((high / low) ** _MARGIN, 1.05)
        return low / margin, high * margin
    if scale == "symlog":
        return min(low * 3, -1.0), max(high * 3, 1.0)
    margin = (high / 2 - low / 2) * 2 * _MARGIN or abs(high) * _MARGIN or 1.0
    return low - margin, high + margin


def inside(values: Any, axes: Axes) -> np.ndarray:
    """``values`` for the y axis, with what is beyond its limits, infinity included, put a panel's height away.

    So a band whose upper quartile diverged reaches the top of the panel, a zero leaves a log axis downwards, and
    huge values cannot overflow the renderer. NaN stays NaN: a gap.
    """
    low, high = axes.get_ylim()
    log = axes.get_yscale() == "log"
    below, above = (low * (low / high), high * (high / low)) if log else (2 * low - high, 2 * high - low)
    within: np.ndarray = np.clip(np.asarray(values, dtype=float), below, above)
    return within


def _decades(low: float, high: float, most: int) -> list[float]:
    """Powers of ten within the limits, thinned to about ``most``; 1, 2, 5 times them where they are few."""
    first, last = int(np.ceil(np.log10(low) - 1e-9)), int(np.floor(np.log10(high) + 1e-9))
    if last - first < 2:
        every = [m * 10.0**e for e in range(first - 1, last + 1) for m in (1, 2, 5)]
        return [place for place in every if low <= place <= high]
    stride = -(-(last - first + 1) // most)
    return [10.0**e for e in range(first, last + 1) if e % stride == 0]


def _signed_decades(low: float, high: float) -> list[float]:
    """0 and a few powers of ten on both sides of it."""
    places = [0.0]
    for sign, end in ((-1, -low), (1, high)):
        last = int(np.floor(np.log10(max(end, 1.0))))
        places += [sign * 10.0**e for e in range(0, last + 1) if e % max(1, last // 2) == 0]
    return sorted(places)


def _names(places: list[float]) -> list[str]:
    """Tick labels: plain numbers near 1, powers of ten elsewhere."""
    sizes = [abs(place) for place in places if place]
    if sizes and min(sizes) >= 0.99e-3 and max(sizes) <= 1.01e3:
        return [f"{place:g}" for place in places]
    return [_power(place) for place in places]


def _power(place: float) -> str:
    if place == 0:
        return "0"
    exponent = int(np.floor(np.log10(abs(place)) + 1e-9))
    factor = round(abs(place) / 10.0**exponent)
    sign = "-" if place < 0 else ""
    return f"{sign}{'' if factor == 1 else f'{factor}·'}10" + str(exponent).translate(_SUPERSCRIPT)
