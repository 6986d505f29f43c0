"""Lines for series that are no methods (schedules, rules): Okabe and Ito's colours (2008), each with its own dash."""

from typing import Any

from matplotlib.lines import Line2D

from src.plotting.style import LINES, MARKERS

OKABE_ITO = ("#000000", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7", "#8a7d00")


def look(place: int) -> dict[str, Any]:
    """The line of the series at ``place``, from 0; colours come again after eight, with another dash."""
    turn, at = divmod(place, len(OKABE_ITO))
    return {"color": OKABE_ITO[at], "linestyle": LINES[(at + turn) % len(LINES)], "linewidth": 1.6}


def sign(place: int) -> str:
    """The marker of the series at ``place``."""
    return MARKERS[place % len(MARKERS)]


def handles(count: int, *, markers: bool = False) -> list[Line2D]:
    """What a legend shows of the first ``count`` series."""
    found = [Line2D([], [], **look(place)) for place in range(count)]
    if markers:
        for place, line in enumerate(found):
            line.set(marker=sign(place), markersize=5)
    return found
