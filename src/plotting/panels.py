"""Panels of a study: one for each problem, and one legend for the methods that appear in any of them."""

from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from src.plotting.contract import About
from src.plotting.layout import legend_beside, sheet
from src.plotting.palettes import KNOWN
from src.plotting.style import line, marker

_WIDTH, _HEIGHT = 2.35, 1.75  # of a panel, in inches
_MOST_COLUMNS = 4


def ordered(methods: Iterable[str]) -> list[str]:
    """Methods in the one order of all legends: the known ones as they stand in the map, then others by name."""
    known = list(KNOWN)
    return sorted(set(methods), key=lambda method: (known.index(method) if method in KNOWN else len(known), method))


def columns_for(count: int) -> int:
    """Columns for ``count`` panels: as few rows as four columns allow, evenly filled."""
    rows = -(-count // _MOST_COLUMNS)
    return -(-count // rows)


def grid(
    about: About, title: str, subtitle: str, problems: list[str], beside: list[str]
) -> tuple[Figure, dict[str, Axes]]:
    """A figure with a panel for each problem and room for a legend of ``beside``; panels grow where they are few."""
    columns = columns_for(len(problems))
    larger = 1.6 if len(problems) == 1 else 1.3 if len(problems) <= 3 else 1.0
    figure, every = sheet(
        about,
        title,
        subtitle,
        [_HEIGHT * larger] * -(-len(problems) // columns),
        width=_WIDTH * larger,
        columns=columns,
        count=len(problems),
        gap=(0.68, 0.72),
        beside=beside,
        titled=True,
    )
    return figure, dict(zip(problems, every, strict=True))


def method_legend(figure: Figure, labels: dict[str, str], markers: bool = False) -> None:
    """A legend beside the panels; ``labels`` says what each method is called there."""
    handles = [Line2D([], [], **line(method)) for method in labels]
    if markers:
        for handle, method in zip(handles, labels, strict=True):
            handle.set(marker=marker(method), markersize=5)
    legend_beside(figure, handles, list(labels.values()))


def outer_labels(panels: Iterable[Axes], columns: int) -> None:
    """Keep only the labels that say something new: x where the panel below says another, y likewise at the left."""
    every = list(panels)
    said = [(axes.get_xlabel(), axes.get_ylabel()) for axes in every]
    for place, axes in enumerate(every):
        if place + columns < len(every) and said[place][0] == said[place + columns][0]:
            axes.set_xlabel("")
        if place % columns and said[place][1] == said[place - 1][1]:
            axes.set_ylabel("")
