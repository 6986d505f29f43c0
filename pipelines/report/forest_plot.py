"""One row of a forest plot: an effect with its interval compared with the smallest effect of interest.

The axis has no unit. The smallest effect of interest lies in the middle and what the claim expects on its right, so
that rows of all scales can be compared by eye. Where a claim expects less, the axis is turned round.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.report.numbers import number, with_interval

WIDTH, HEIGHT, MARGIN = 180.0, 24.0, 9.0  # units of the drawing
MIDDLE = WIDTH / 2
COMMON = 0.9  # share of the further settings that the scale must hold; the rest is drawn at the edge
ROOM = 1.08  # of the scale beyond the farthest mark


@dataclass(frozen=True)
class Mark:
    """A position on the axis.

    Attributes:
        x: the position in units of the drawing, between MARGIN and WIDTH - MARGIN.
        beyond: -1 or 1 where the value lies to the left or to the right of what is drawn, else 0.
        verdict: the verdict under the setting that the mark stands for; empty for a mark without one.
    """

    x: float
    beyond: int
    verdict: str = ""


@dataclass(frozen=True)
class ForestPlot:
    """Marks of one row.

    Attributes:
        estimate: the effect.
        left, right: the interval's ends, None where the interval is unknown.
        zero: an effect of zero, None where zero is the smallest effect of interest or lies outside of the drawing.
        others: effects under the further settings.
        label: the row in words.
    """

    estimate: Mark
    left: Mark | None
    right: Mark | None
    zero: Mark | None
    others: tuple[Mark, ...]
    label: str


def expected(threshold: float, direction: str) -> str:
    """What a claim expects of its effect, in words."""
    return f"{'more' if direction == 'above' else 'less'} than {number(threshold)}"


def forest_plot(
    effect: tuple[float, float, float], threshold: float, direction: str, others: Sequence[tuple[float, str]] = ()
) -> ForestPlot | None:
    """The row of one effect.

    Args:
        effect: estimate and the ends of its interval; any of them may be infinite, and the ends unknown.
        threshold: smallest effect of interest.
        direction: ``above`` or ``below``: where the claim expects the effect.
        others: effect and verdict under each of several settings.

    Returns:
        The row, or None where the estimate or the threshold is unknown.
    """
    if math.isnan(effect[0]) or not math.isfinite(threshold):
        return None
    side = 1.0 if direction == "above" else -1.0
    known = [value for value, _ in others if math.isfinite(value)]
    sizes = [abs(value - threshold) for value in effect if math.isfinite(value)]
    if known:
        sizes.append(float(np.quantile(np.abs(np.array(known) - threshold), COMMON)))
    reach = ROOM * max(sizes, default=0.0) or 1.0

    def mark(value: float, verdict: str = "") -> Mark:
        place = side * (value - threshold) / reach
        beyond = 0 if abs(place) <= 1 else int(math.copysign(1, place))
        return Mark(round(MIDDLE + min(max(place, -1.0), 1.0) * (MIDDLE - MARGIN), 1), beyond, verdict)

    ends = (
        None if math.isnan(effect[1]) or math.isnan(effect[2]) else sorted(map(mark, effect[1:]), key=lambda m: m.x)
    )
    zero = mark(0.0)
    return ForestPlot(
        mark(effect[0]),
        ends[0] if ends else None,
        ends[1] if ends else None,
        None if zero.beyond or threshold == 0 else zero,
        tuple(mark(value, verdict) for value, verdict in others if not math.isnan(value)),
        f"effect {with_interval(*effect)}; the claim expects {expected(threshold, direction)}",
    )
