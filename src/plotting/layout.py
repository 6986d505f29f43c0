"""The page of a figure: panels at fixed places in inches, a title above, a legend beside, a note below.

Fixed places cost nothing; matplotlib's layout engines draw every text twice to measure it.
"""

import textwrap
from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.plotting.contract import About
from src.plotting.style import DPI, INK, MUTED, SMALL, TEXT, TITLE, WARNING

NARROWED = "{profile} profile: few seeds, short runs"
_EDGE, _TITLE_LINE, _TEXT_LINE, _LEGEND_LINE = 0.12, 0.21, 0.17, 0.2  # inches
_LEGEND_HANDLE = 0.63  # inches before a legend's words


def width_of(words: Sequence[str], size: float = TEXT) -> float:
    """A generous estimate, in inches, of the widest of ``words`` set in ``size`` points."""
    return max((len(word) for word in words), default=0) * size * 0.0086


def sheet(
    about: About,
    title: str,
    subtitle: str,
    heights: Sequence[float],
    *,
    width: float,
    columns: int = 1,
    count: int | None = None,
    left: float = 0.75,
    gap: tuple[float, float] = (0.65, 0.6),
    strip: bool = False,
    beside: Sequence[str] = (),
    right: float = 0.25,
    titled: bool = False,
) -> tuple[Figure, list[Axes]]:
    """A figure with its panels, row by row.

    Args:
        about: says by ``profile`` whether the note on few seeds and short runs is due.
        title: a question or a finding; wrapped to the width.
        subtitle: what is drawn and how it was measured; wrapped.
        heights: height of each row of panels, in inches.
        width: width of a panel, in inches.
        columns: panels in a row.
        count: number of panels, where the last row is not full.
        left: room for tick and axis labels left of the first column, in inches.
        gap: room between columns and between rows, in inches.
        strip: whether to keep a line for a legend above the panels.
        beside: the words of a legend at the right, for which room is kept.
        right: room at the right where there is no such legend, in inches.
        titled: whether the panels have titles, for which room is kept.
    """
    right = _LEGEND_HANDLE + width_of(beside) + 0.2 if beside else right
    total = max(left + columns * width + (columns - 1) * gap[0] + right, 4.4)
    head = textwrap.wrap(title, int((total - 2 * _EDGE) / (TITLE * 0.0090)))
    lines = textwrap.wrap(subtitle, int((total - 2 * _EDGE) / (TEXT * 0.0072)))
    profile = str(about.get("profile") or "full")
    note = "" if profile == "full" else NARROWED.format(profile=profile)
    top = _EDGE + len(head) * _TITLE_LINE + len(lines) * _TEXT_LINE + 0.2 + (_LEGEND_LINE if strip or titled else 0)
    body = max(sum(heights) + (len(heights) - 1) * gap[1], len(beside) * _LEGEND_LINE - 0.2)
    bottom = 0.5 + (0.26 if note else 0)
    tall = top + body + bottom
    figure = Figure(figsize=(total, tall), dpi=DPI, facecolor="white")
    _write(figure, head, lines, note)
    axes = []
    for place in range(count or columns * len(heights)):
        row, column = divmod(place, columns)
        x = left + column * (width + gap[0])
        y = tall - top - sum(heights[: row + 1]) - row * gap[1]
        axes.append(figure.add_axes((x / total, y / tall, width / total, heights[row] / tall)))
    return figure, axes


def _write(figure: Figure, head: list[str], lines: list[str], note: str) -> None:
    total, tall = figure.get_size_inches()
    x, y = _EDGE / total, tall - _EDGE
    figure.text(x, y / tall, "\n".join(head), fontsize=TITLE, fontweight="bold", color=INK, va="top")
    y -= len(head) * _TITLE_LINE + 0.03
    figure.text(x, y / tall, "\n".join(lines), fontsize=TEXT, color=MUTED, va="top")
    if note:
        box = {"facecolor": "#fff0e6", "edgecolor": WARNING, "linewidth": 0.8, "pad": 3}
        figure.text(x + 0.04 / total, 0.11 / tall, note, fontsize=SMALL, color=WARNING, va="bottom", bbox=box)


def legend_above(axes: Axes, handles: Sequence[Artist], labels: Sequence[str]) -> None:
    """A legend in one line above ``axes``, in the strip that ``sheet`` kept for it."""
    axes.legend(
        handles,
        labels,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=len(labels),
        fontsize=SMALL,
        labelcolor=INK,
        frameon=False,
        borderpad=0.2,
        borderaxespad=0.1,
        columnspacing=1.4,
        handlelength=2.2,
    )


def legend_beside(figure: Figure, handles: Sequence[Artist], labels: Sequence[str]) -> None:
    """A legend at the right of all panels, in the room that ``sheet`` kept for it."""
    places = [axes.get_position() for axes in figure.axes]
    x = max(place.x1 for place in places) + 0.16 / figure.get_size_inches()[0]
    figure.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(x, max(place.y1 for place in places)),
        fontsize=TEXT,
        labelcolor=INK,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=2.4,
        labelspacing=0.45,
    )
