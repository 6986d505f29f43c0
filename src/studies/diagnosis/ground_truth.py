"""True states of runs, from data that the detector does not see: other rates, a good start, later steps, test data.

A run of T steps is compared with the same seed's runs at all rates of a grid, from the same start, each of which goes
on for another T steps. Heights are relative: 0 is the lowest training loss that any of the seed's runs reaches in
all 2T steps, 1 the loss at a good start. A run between two states has no true state: where slow ends and healthy
begins is a convention, so that no detector is right or wrong there.
"""

from dataclasses import dataclass

import numpy as np

from src.monitor.diagnosis import CurveState
from src.studies.diagnosis.labelled_runs import SimulatedRuns
from src.studies.diagnosis.thresholds import (
    Diverging,
    Exploding,
    Healthy,
    Oscillating,
    Overfitting,
    PlateauByInitialization,
    PlateauByRate,
    Slow,
    Vanishing,
)

_UNKNOWN = ""


@dataclass(frozen=True, kw_only=True)
class GroundTruth:
    """States of simulated runs, by the thresholds of ``src/studies/diagnosis/thresholds.py``.

    Attributes:
        healthy, oscillating, slow, plateau_by_rate, diverging, overfitting: thresholds for runs from a good start.
        plateau_by_initialization, vanishing, exploding: thresholds for runs from a poor start. The gradient at the
            poor start over that at the good one tells the causes apart.
    """

    healthy: Healthy
    oscillating: Oscillating
    slow: Slow
    plateau_by_rate: PlateauByRate
    diverging: Diverging
    overfitting: Overfitting
    plateau_by_initialization: PlateauByInitialization
    vanishing: Vanishing
    exploding: Exploding

    def from_good_start(self, runs: SimulatedRuns) -> np.ndarray:
        """The true state of each run from a good start, shape (R,); empty where it is unknown."""
        h, own, slow = runs.heights(runs), self.oscillating, self.slow
        best = runs.tuned()
        above, below = runs.index > best, runs.index < best
        tuned = h.end.reshape(-1, runs.grid)[:, best].repeat(runs.grid)
        diverged = (
            ~np.isfinite(h.end) | (h.end > 1e6) | ((h.end > self.diverging.min_height) & ~(h.later < 3 * h.end))
        )
        with np.errstate(invalid="ignore"):
            moves = h.highest - h.least >= own.min_movement * h.tail
        held_up = (
            above
            & ~diverged
            & moves
            & (h.tail >= own.min_mean_height)
            & (tuned <= own.max_tuned_height)
            & (tuned <= h.tail / 2)
        )
        test, since = runs.generalization()
        found = np.full(len(h.end), _UNKNOWN, dtype=object)
        generalizes = test <= self.healthy.max_test_loss
        low = self.healthy.max_height
        steady = (h.end <= low) & (h.highest <= 2 * low) & generalizes
        found[steady] = CurveState.HEALTHY
        falls = (h.end >= slow.min_height) & (h.end <= slow.max_height) & (h.later <= slow.max_later_height * h.end)
        found[below & falls & generalizes & (tuned <= own.max_tuned_height)] = CurveState.SLOW
        far = runs.index <= best - self.plateau_by_rate.min_rates_below_tuned
        found[far & (h.end >= self.plateau_by_rate.min_height) & (tuned <= 0.5)] = CurveState.PLATEAU_RATE
        fits = (test >= self.overfitting.min_test_loss) & (since <= self.overfitting.max_train_loss)
        fits &= h.tail < own.min_mean_height
        found[fits & np.isfinite(test)] = CurveState.OVERFITTING
        found[held_up & ~(h.later < h.end / 2)] = CurveState.OSCILLATING
        found[above & diverged] = CurveState.DIVERGING
        return found

    def from_poor_start(self, runs: SimulatedRuns, good: SimulatedRuns) -> np.ndarray:
        """The true state of each run from a poor start, shape (R,), compared with ``good``; empty where unknown."""
        h = runs.heights(good)
        gradient = runs.gradient.repeat(runs.grid) / np.median(good.gradient)
        first = runs.first.repeat(runs.grid) / np.median(good.first)
        change = self.plateau_by_initialization.max_change
        stays = (np.abs(h.end - h.start) <= change) & (np.abs(h.later - h.start) <= change)
        found = np.full(len(h.end), _UNKNOWN, dtype=object)
        found[stays] = CurveState.PLATEAU_START
        found[stays & (first <= self.vanishing.max_gradient) & ~runs.equal.repeat(runs.grid)] = CurveState.VANISHING
        found[~(gradient < self.exploding.min_gradient)] = CurveState.EXPLODING
        return found

    def fair_rates(self, good: SimulatedRuns) -> np.ndarray:
        """The rates at which poor starts are tried: the good start trains there in the median."""
        ends = good.heights(good).end.reshape(-1, good.grid)
        fair: np.ndarray = good.rates[np.median(ends, axis=0) <= self.plateau_by_initialization.max_good_height]
        return fair
