"""Traits of a problem, by which a user's problem and the measured ones are compared."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

Kind = Literal["box", "bits", "data"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Each trait that takes part in a distance, with its unit.
TRAITS = {
    "dimension": "log10 of the number of coordinates",
    "noise": "log10 of the noise's standard deviation over that of the values between points, at least -3",
    "ruggedness": "log10(1 + local minima per line beyond one); of bits: coordinates that a flip depends on",
    "conditioning": "log10 of the ratio of the largest to the smallest curvature",
    "coupling": "share of the curvature that is between coordinates and not along them, from 0 to 1",
    "budget": "log10 of the number of evaluations",
}
LEAST_NOISE = -3.0


@dataclass(frozen=True, order=True)
class Interval:
    """The numbers from ``low`` to ``high``: a measured trait is one number, a word stands for several."""

    low: float
    high: float

    def gap(self, value: float) -> float:
        """Distance from ``value`` to the nearest number of the interval; 0 inside."""
        return max(self.low - value, value - self.high, 0.0)


def exactly(value: float) -> Interval:
    """The interval of one number."""
    return Interval(value, value)


@dataclass(frozen=True)
class Traits:
    """What is known of a problem; a trait that is not known is left out.

    Attributes:
        kind: ``box`` for a landscape of real coordinates, ``bits``, or ``data`` for a network and its data; None
            where that is not known, which leaves ``bits`` out.
        gradients: whether the problem has gradients that are of use; None where that is not known.
        numbers: intervals of the traits in ``TRAITS``, by name.
    """

    kind: Kind | None = None
    gradients: bool | None = None
    numbers: Mapping[str, Interval] = field(default_factory=dict)

    def allows(self, kind: Kind | None) -> bool:
        """Whether a problem of ``kind`` may be like this one."""
        return kind == self.kind if self.kind else kind != "bits"

    def updated(self, other: "Traits") -> "Traits":
        """These traits, with those of ``other`` in their place where ``other`` knows them."""
        return replace(
            self,
            kind=other.kind or self.kind,
            gradients=self.gradients if other.gradients is None else other.gradients,
            numbers={**self.numbers, **other.numbers},
        )


def scales(measured: Iterable[Traits]) -> dict[str, float]:
    """Standard deviation of each trait over the measured problems, each of which counts once; 0 where all agree."""
    values: dict[str, list[float]] = {name: [] for name in TRAITS}
    for traits in measured:
        for name, interval in traits.numbers.items():
            values[name].append(interval.low)
    return {name: float(np.ptp(found) and np.std(found)) for name, found in values.items() if found}


def shared_traits(asked: Traits, measured: Traits) -> list[str]:
    """Names of the traits that are known of both problems."""
    return [name for name in TRAITS if name in asked.numbers and name in measured.numbers]


def distance(asked: Traits, measured: Traits, scale: Mapping[str, float], without: Sequence[str] = ()) -> float:
    """Root mean square, over the traits known of both problems, of their differences in standard deviations.

    Infinite between problems of different kinds; 0 where no trait is known of both. A trait in which all measured
    problems agree counts where the asked problem differs from them, in its own unit.

    Args:
        asked: traits of the problem in question.
        measured: traits of a measured problem.
        scale: standard deviation of each trait.
        without: names of traits that are not compared.
    """
    if not asked.allows(measured.kind):
        return math.inf
    differences = [
        (asked.numbers[name].gap(measured.numbers[name].low), scale.get(name, 0.0))
        for name in shared_traits(asked, measured)
        if name not in without
    ]
    gaps = [gap / (spread or 1.0) for gap, spread in differences if gap or spread]
    return math.sqrt(sum(gap**2 for gap in gaps) / len(gaps)) if gaps else 0.0
