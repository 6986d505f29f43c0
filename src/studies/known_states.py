"""The states that runs are in, by what the detector does not see: other rates, a good start, what follows, test data.

A run of T steps is judged beside the same seed's runs at all rates of a grid, from the same start, each of which goes
on for another T steps. Heights are relative: 0 is the lowest training loss that any of the seed's runs reaches in all
that time, 1 the loss at a good start. What lies between two states is left without a name: where slow ends and
healthy begins is a matter of taste, and no detector can be right or wrong there.
"""

from dataclasses import dataclass, fields

import numpy as np

from src.core.checks import check_number
from src.monitor.diagnosis import State
from src.studies.made_runs import Made

_NONE = ""


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """When a run is known to be in a state. Heights are of the training loss after T steps unless said otherwise.

    The "tuned" rate is the one of the grid at which a good start's median height after T steps is lowest.

    Attributes:
        healthy: highest height of a healthy run, and half of the highest in its last quarter.
        generalizes: its highest test loss, over its own lowest so far.
        held_up: lowest mean height over the last quarter of a run that oscillates or is held up by its rate, which is
            above the tuned one, at which the same seed comes below half of that and below ``trained``.
        trained: see ``held_up``.
        moves: lowest difference between the highest and the lowest height in that quarter, over the mean: a run that
            rests is held up by something else.
        slow_lowest, slow_highest: between which a slow run lies, at a rate below the tuned one;
        goes_on: after T more steps its height is at most this share of what it was.
        unmoved: lowest height of a run whose rate is too small: at most a thirtieth of the tuned one.
        thirtieth: number of rates of the grid that are as far.
        diverged: height from which on a run that threefolds it in T more steps diverges; one that ends as not finite
            or beyond the engine's ceiling does anyway. Only at rates above the tuned one.
        overfits: lowest test loss of a run that over-fits, over its own lowest so far, since when
        learned: the training loss fell to this share at most.
        stuck: how far a poor start's height may change over 2T steps.
        fair: height below which the good start comes at the rates at which poor ones are tried. A poor start's
            gradient over all samples, over that of the good start (median over seeds), tells the causes apart:
        faint: in the first layer at most this: gradients vanish, unless all weights are equal;
        steep: in all layers at least this: gradients explode. Nothing else is asked of these.
    """

    healthy: float
    generalizes: float
    held_up: float
    trained: float
    moves: float
    slow_lowest: float
    slow_highest: float
    goes_on: float
    unmoved: float
    thirtieth: int
    diverged: float
    overfits: float
    learned: float
    stuck: float
    fair: float
    faint: float
    steep: float

    def __post_init__(self) -> None:
        for field in fields(self):
            check_number(self, field.name, above=0)

    def from_good_start(self, made: Made) -> np.ndarray:
        """The state of each run from a good start, shape (R,); empty where it is in none for sure."""
        h = made.heights(made)
        best = made.tuned()
        above, below = made.index > best, made.index < best
        tuned = h.end.reshape(-1, made.grid)[:, best].repeat(made.grid)
        diverged = ~np.isfinite(h.end) | (h.end > 1e6) | ((h.end > self.diverged) & ~(h.later < 3 * h.end))
        with np.errstate(invalid="ignore"):
            moves = h.highest - h.least >= self.moves * h.tail
        held_up = (
            above & ~diverged & moves & (h.tail >= self.held_up) & (tuned <= self.trained) & (tuned <= h.tail / 2)
        )
        test, since = made.generalization()
        found = np.full(len(h.end), _NONE, dtype=object)
        steady = (h.end <= self.healthy) & (h.highest <= 2 * self.healthy) & (test <= self.generalizes)
        found[steady] = State.HEALTHY
        falls = (h.end >= self.slow_lowest) & (h.end <= self.slow_highest) & (h.later <= self.goes_on * h.end)
        found[below & falls & (test <= self.generalizes) & (tuned <= self.trained)] = State.SLOW
        found[(made.index <= best - self.thirtieth) & (h.end >= self.unmoved) & (tuned <= 0.5)] = State.PLATEAU_RATE
        fits = (test >= self.overfits) & (since <= self.learned) & (h.tail < self.held_up)
        found[fits & np.isfinite(test)] = State.OVERFITTING
        found[held_up & ~(h.later < h.end / 2)] = State.OSCILLATING
        found[above & diverged] = State.DIVERGING
        return found

    def from_poor_start(self, made: Made, good: Made) -> np.ndarray:
        """The state of each run from a poor start, shape (R,), beside the ``good`` one's; empty as above."""
        h = made.heights(good)
        gradient = made.gradient.repeat(made.grid) / np.median(good.gradient)
        first = made.first.repeat(made.grid) / np.median(good.first)
        stays = (np.abs(h.end - h.start) <= self.stuck) & (np.abs(h.later - h.start) <= self.stuck)
        found = np.full(len(h.end), _NONE, dtype=object)
        found[stays] = State.PLATEAU_START
        found[stays & (first <= self.faint) & ~made.equal.repeat(made.grid)] = State.VANISHING
        found[~(gradient < self.steep)] = State.EXPLODING
        return found

    def fair_rates(self, good: Made) -> np.ndarray:
        """The rates at which a poor start is tried: those at which the ``good`` one trains in the median."""
        ends = good.heights(good).end.reshape(-1, good.grid)
        fair: np.ndarray = good.rates[np.median(ends, axis=0) <= self.fair]
        return fair
