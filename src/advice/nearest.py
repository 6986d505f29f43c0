"""Measured comparisons on problems like the user's, weighted by nearness in the space of traits."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from src.advice.comparisons import Comparison
from src.advice.traits import Traits, distance, scales, shared_traits

RADIUS = math.sqrt(2)  # two problems drawn at random are so many standard deviations apart, root mean square

CHANGEABLE = ("dimension", "budget")  # traits that a new measurement on the same problem can have otherwise


@dataclass(frozen=True)
class Near:
    """The comparisons that count, the nearest first.

    Attributes:
        votes: each comparison with its weight, above 0.
        distances: distance of each of these.
        compared: names of the traits by which they were compared.
        closest: the nearest comparison of all, even beyond the radius; None where there is none of the kind.
        gap: its distance.
        alike: the comparison that is nearest apart from size and budget, which a new measurement can change.
        measured_itself: whether the problem asked for is itself among those measured, so that it votes alone.
    """

    votes: tuple[tuple[Comparison, float], ...]
    distances: tuple[float, ...]
    compared: tuple[str, ...]
    closest: Comparison | None
    gap: float
    alike: Comparison | None
    measured_itself: bool = False


def nearest(asked: Traits, measured: Sequence[Comparison], itself: str = "") -> Near:
    """Comparisons within ``RADIUS`` of the asked traits, each with the weight ``1 - (d / RADIUS)^2`` (Epanechnikov).

    Args:
        asked: traits of the user's problem.
        measured: comparisons, with their traits.
        itself: name of the user's problem where it is one of the laboratory's, unchanged; its own comparisons then
            vote alone.
    """
    like = [one for one in measured if asked.allows(one.traits.kind)]
    # A problem of several studies counts once in the scales.
    scale: Mapping[str, float] = scales({(one.label, one.budget): one.traits for one in like}.values())
    found = sorted(((distance(asked, one.traits, scale), one) for one in like), key=lambda pair: pair[0])
    compared = tuple(dict.fromkeys(name for one in like for name in shared_traits(asked, one.traits)))
    alike = min(found, key=lambda pair: (distance(asked, pair[1].traits, scale, CHANGEABLE), pair[0]), default=None)
    own = [pair for pair in found if itself and pair[1].problem == itself and not pair[1].condition]
    own = [pair for pair in own if pair[0] < RADIUS]
    chosen = own or [pair for pair in found if pair[0] < RADIUS]
    return Near(
        votes=tuple((one, 1 - (gap / RADIUS) ** 2) for gap, one in chosen),
        distances=tuple(gap for gap, _ in chosen),
        compared=compared,
        closest=found[0][1] if found else None,
        gap=found[0][0] if found else float("inf"),
        alike=alike[1] if alike else None,
        measured_itself=bool(own),
    )
