"""Diagnosis of a training run from its curves alone (row R61).

    diagnose({"loss": loss, "grad_norm": norms, "param_norm": ..., "update_ratio": ..., "valid_loss": ...})

The study ``diagnosis`` measures how often a diagnosis is right. No curve shows whether a lower loss exists: a descent
that has come to rest in a poor minimum looks healthy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from src.monitor.curve_features import Array, Features, features
from src.monitor.diagnosis_words import CAUSES, evidence
from src.monitor.thresholds import (
    Diverging,
    Exploding,
    Oscillating,
    Overfitting,
    Plateau,
    PlateauByRate,
    Slow,
    Vanishing,
)


class CurveState(StrEnum):
    """State of a replicate, as its curves show it."""

    HEALTHY = "healthy"
    OSCILLATING = "oscillating"
    PLATEAU_RATE = "plateaued by rate"
    PLATEAU_START = "plateaued by initialization"
    SLOW = "slow"
    DIVERGING = "diverging"
    VANISHING = "vanishing gradients"
    EXPLODING = "exploding gradients"
    OVERFITTING = "over-fitting"


@dataclass(frozen=True)
class Diagnosis:
    """Diagnosis of one replicate.

    Attributes:
        state: the state that the curves show.
        cause: the likely reason for the state, and what to do.
        evidence: the numbers that speak for the state, in one sentence.
    """

    state: CurveState
    cause: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Detector:
    """Names a state for each replicate, by the thresholds of ``src/monitor/thresholds.py``.

    Attributes:
        exploding, diverging, plateau, plateau_by_rate, vanishing, oscillating, overfitting, slow: the thresholds of
            each state; ``plateau`` holds those of every plateau.
    """

    exploding: Exploding = field(default_factory=Exploding)
    diverging: Diverging = field(default_factory=Diverging)
    plateau: Plateau = field(default_factory=Plateau)
    plateau_by_rate: PlateauByRate = field(default_factory=PlateauByRate)
    vanishing: Vanishing = field(default_factory=Vanishing)
    oscillating: Oscillating = field(default_factory=Oscillating)
    overfitting: Overfitting = field(default_factory=Overfitting)
    slow: Slow = field(default_factory=Slow)

    def states(self, curves: Mapping[str, Any]) -> NDArray[np.str_]:
        """The state of each replicate, shape (R,); ``curves`` as in ``diagnose``."""
        return self.predict(features(readable(curves)))

    def predict(self, f: Features) -> NDArray[np.str_]:
        """The state of each replicate, shape (R,): the first state that applies, the gravest first."""
        plateau, by_rate, vanishing = self.plateau, self.plateau_by_rate, self.vanishing
        oscillating, slow = self.oscillating, self.slow
        with np.errstate(invalid="ignore"):
            come_down = f.negative & (f.gradient_kept < plateau.min_gradient_kept) & (f.path >= by_rate.max_path)
            flat = (f.drop < plateau.max_drop) & (f.growth > -plateau.max_fall) & ~come_down
            steep = ~(f.slope < vanishing.max_slope)
            crept = (f.path < by_rate.max_path) & steep
            crept |= (f.path < by_rate.max_path_steep) & ~(f.slope < 10 * vanishing.max_slope)
            noise = (f.predicted >= by_rate.min_predicted) & (f.gain < by_rate.max_gain_of_noise)
            crept &= ~noise
            unmoved = (f.path < by_rate.max_path / 3) & (f.drop < plateau.max_drop + 2 * f.doubt)
            unmoved &= steep | (f.path < by_rate.max_path_flat)
            gains = f.gain >= by_rate.min_gain
            even = (np.abs(f.late - 0.5) <= by_rate.max_unevenness) | (gains & (f.remain >= by_rate.min_remain))
            progressing = flat & even & (f.path < by_rate.max_path_progressing) & steep
            left = (f.remain >= slow.min_remain) | (f.blur >= slow.min_remain)
            steady = f.steady >= slow.min_steady
            clear = (f.drop >= slow.valley_doubts * f.doubt) & gains & (f.drop >= 2 * slow.min_steady_fall)
            moving = steady & (f.seen_fall >= slow.min_steady_fall) & (f.seen_late >= slow.min_steady_late)
            moving |= clear & (f.late >= slow.min_steady_late) & (f.remain >= by_rate.min_remain)
            falling = (f.late >= np.maximum(slow.min_late, f.blur)) & left & ~(f.work >= slow.max_work)
            valley = (f.remain >= slow.min_valley_remain) & (f.gain >= slow.min_valley_gain)
            valley &= f.late >= np.maximum(slow.min_valley_late, slow.valley_doubts * f.blur)
            valley &= (f.remain <= slow.max_valley_remain * f.late) & ~(f.steady < slow.min_steady)
            seen = steady & (f.seen_late >= slow.min_seen_late) & (f.seen_remain >= slow.min_seen_remain)
            strides = (f.path >= oscillating.min_stride * f.steps) & (f.slope >= vanishing.max_slope_moving)
            returned = (np.abs(f.growth) < oscillating.max_return) & (f.leap < oscillating.min_violent_leap)
            knocked = (f.leap >= oscillating.min_leap) & (f.growth > -oscillating.max_recovery) & ~returned
            retreating = (f.retreat >= oscillating.min_retreat) & (f.work >= oscillating.min_work_retreating)
            held_up = (f.work >= oscillating.min_work) | retreating
            lifted = (knocked & ~falling) | (f.growth >= oscillating.min_growth) | (flat & strides & ~f.origin)
            blown_up = (f.growth >= self.diverging.min_growth) | (
                (f.growth >= self.diverging.min_growth_rising) & f.rising
            )
            weak = ~steep | (f.slope < vanishing.max_slope_moving) & ~gains
            weak |= (f.slope < vanishing.max_slope_of_noise) & noise
            overfitting = self.overfitting
            worse = (f.valid_rise >= overfitting.min_valid_rise) & (f.train_after <= overfitting.max_train_after)
            worse |= (f.valid_rise >= overfitting.min_far_rise) & (f.train_after <= 1)
            learnt = (f.gap >= overfitting.min_gap) & (f.train_after <= overfitting.max_train_learnt)
            worse |= learnt & (f.valid_rise >= overfitting.min_rise_learnt)
            rules = (
                (CurveState.EXPLODING, f.steepest >= self.exploding.min_steepest),
                (CurveState.DIVERGING, f.broken | blown_up),
                (CurveState.PLATEAU_RATE, (flat & crept | unmoved) & ~f.origin),
                (CurveState.OSCILLATING, lifted),
                (CurveState.PLATEAU_RATE, progressing & ~f.origin),
                (CurveState.SLOW, flat & moving & ~f.origin),
                (CurveState.VANISHING, flat & weak & ~f.origin),
                (CurveState.PLATEAU_START, flat),
                (CurveState.OSCILLATING, held_up & ~falling),
                (CurveState.OVERFITTING, worse),
                (CurveState.SLOW, falling | valley | seen),
            )
        applies, names = zip(*((applies, str(state)) for state, applies in rules), strict=True)
        found: NDArray[np.str_] = np.select(applies, names, str(CurveState.HEALTHY))
        return found


DETECTOR = Detector()


def diagnose(curves: Mapping[str, Any], detector: Detector = DETECTOR) -> list[Diagnosis]:
    """Diagnoses of R replicates from their curves, one per replicate.

    Args:
        curves: by name, arrays or tensors of shape (K,) or (K, R), each with its own K. ``loss``, ``grad_norm``,
            ``param_norm`` (length of all parameters) and ``update_ratio`` (length of an update over that) at every
            step; ``train_loss`` and ``valid_loss`` at evaluations, evenly apart. Other names are ignored. Only
            ``loss`` or ``train_loss`` is needed, but plateaus and oscillations are told apart by the norms.
        detector: the thresholds.
    """
    f = features(readable(curves))
    states = [CurveState(str(name)) for name in detector.predict(f)]
    return [Diagnosis(state, CAUSES[state], evidence(state, f, row)) for row, state in enumerate(states)]


READ = ("loss", "grad_norm", "param_norm", "update_ratio", "train_loss", "valid_loss")


def readable(curves: Mapping[str, Any]) -> dict[str, Array]:
    """The curves that are read, as float64 of shape (K, R); ValueError where they do not fit."""
    found = {name: _columns(curves[name]) for name in READ if name in curves}
    if "loss" not in found and "train_loss" not in found:
        raise ValueError(f"curves = {sorted(curves)}: loss or train_loss must be among them")
    rows = {name: values.shape[1] for name, values in found.items()}
    if len(set(rows.values())) > 1:
        raise ValueError(f"curves hold different numbers of replicates: {rows}")
    return {name: values for name, values in found.items() if len(values)}


def _columns(values: ArrayLike) -> Array:
    detached = values.detach().cpu() if hasattr(values, "detach") else values
    array = np.asarray(detached, dtype=np.float64)
    if array.ndim not in (1, 2):
        raise ValueError(f"a curve of shape {array.shape}: must be (K,) or (K, R)")
    return array[:, None] if array.ndim == 1 else array
