"""What is wrong with a training run, read from its curves alone (row R61).

    diagnose({"loss": loss, "grad_norm": norms, "param_norm": ..., "update_ratio": ..., "valid_loss": ...})

A diagnosis rests on how curves look, so it is as good as the study ``diagnosis`` finds it to be. What no curve can
tell is whether a lower loss exists: a descent that has come to rest in a poor minimum looks healthy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from src.core.checks import check_number
from src.monitor.curve_features import Array, Features, features
from src.monitor.diagnosis_words import CAUSES, evidence


class State(StrEnum):
    """What a replicate's curves show."""

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
    """What one replicate's curves show.

    Attributes:
        state: in a word or two.
        cause: what is likely to be the reason, and what to do.
        evidence: the numbers that speak for it, in one sentence.
    """

    state: State
    cause: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Detector:
    """Names a state for each replicate. Features are those of ``src/monitor/curve_features.py``.

    The thresholds were chosen on the development tasks and seeds of the study ``diagnosis``.

    Attributes:
        explosion: ``steepest`` at or above which gradients explode. Without, it is a small multiple of the depth.
        blown_up: ``growth`` at or above which a run diverges.
        growing: ``growth`` at or above which one that is still ``rising`` does.
        lifted: ``growth`` at or above which the rate holds a run above its start.
        flat: ``drop`` below which a run is on a plateau, if
        flat_ever: ``growth`` is above minus this: it has not come down to it from the start either.
        calmed: ``gradient_kept`` below which a loss that may be negative has come down, however small its fall.
        still: ``path`` below which the parameters have not moved to speak of; below a third of it not at all, and a
            ``drop`` within twice its ``doubt`` is then noise.
        crept: ``path`` below which they have hardly moved where ``slope`` is ten times ``faint`` or more.
        straight: how far ``late`` may be from a half in a fall as even as that of parameters that hardly move; or
        gained: one whose ``gain`` is at least this, with
        ahead: ``remain`` of at least this; in both cases with
        moved: ``path`` below this.
        faint: ``slope`` below which it is the gradient and not the rate that keeps them there, except where
        nowhere: ``path`` is below even this.
        weak: ``slope`` below which gradients vanish that move the parameters and have not ``gained``: what is left of
            them is a mini-batch's noise in the output's biases.
        knocked: ``leap`` at or above which it was a leap that brought a run where it is, if
        recovered: ``growth`` is above minus this; but not if
        back: ``growth`` is within this of 0: it lies where it began, and
        violent: ``leap`` is below this.
        strides: ``path`` a step at or above which a run on a plateau leaps about there, if it is not ``weak``.
        hovering: ``work`` at or above which the rate holds the loss up.
        retreated: ``retreat`` at or above which it does at less ``work``:
        restless: this.
        thrashing: ``work`` at or above which nothing that falls is progress.
        falling: ``late`` at or above which the loss still falls, if
        left: ``remain`` is at least this, or so blurred (``blur``) that it may be.
        worse: ``valid_rise`` at or above which a run over-fits, if
        learned: ``train_after`` is at most this.
    """

    explosion: float = 180.0
    blown_up: float = 1000.0
    growing: float = 3.0
    lifted: float = 0.2
    flat: float = 0.05
    flat_ever: float = 0.15
    calmed: float = 0.3
    still: float = 0.03
    crept: float = 0.06
    straight: float = 0.12
    gained: float = 0.3
    ahead: float = 0.2
    moved: float = 0.15
    nowhere: float = 0.001
    faint: float = 0.03
    weak: float = 3.0
    knocked: float = 0.3
    recovered: float = 0.35
    back: float = 0.15
    violent: float = 8.0
    strides: float = 0.03
    hovering: float = 0.2
    retreated: float = 0.05
    restless: float = 0.03
    thrashing: float = 0.5
    falling: float = 0.13
    left: float = 0.02
    worse: float = 0.08
    learned: float = 0.3

    def __post_init__(self) -> None:
        for field in fields(self):
            check_number(self, field.name, above=0)

    def states(self, curves: Mapping[str, Any]) -> NDArray[np.str_]:
        """The state of each replicate, shape (R,); ``curves`` as in ``diagnose``."""
        return self.judge(features(readable(curves)))

    def judge(self, f: Features) -> NDArray[np.str_]:
        """The state of each replicate, shape (R,): the first that applies, the gravest first."""
        with np.errstate(invalid="ignore"):
            settled = f.negative & (f.gradient_kept < self.calmed) & (f.path >= self.still)
            flat = (f.drop < self.flat) & (f.growth > -self.flat_ever) & ~settled
            steep = ~(f.slope < self.faint)
            crept = (f.path < self.still) & steep | (f.path < self.crept) & ~(f.slope < 10 * self.faint)
            unmoved = (
                (f.path < self.still / 3) & (f.drop < self.flat + 2 * f.doubt) & (steep | (f.path < self.nowhere))
            )
            gains = f.gain >= self.gained
            even = (np.abs(f.late - 0.5) <= self.straight) | (gains & (f.remain >= self.ahead))
            left = (f.remain >= self.left) | (f.blur >= self.left)
            falling = (f.late >= np.maximum(self.falling, f.blur)) & left & ~(f.work >= self.thrashing)
            strides = (f.path >= self.strides * f.steps) & (f.slope >= self.weak)
            resumed = (np.abs(f.growth) < self.back) & (f.leap < self.violent)
            knocked = (f.leap >= self.knocked) & (f.growth > -self.recovered) & ~resumed
            held_up = (f.work >= self.hovering) | ((f.retreat >= self.retreated) & (f.work >= self.restless))
            rules = (
                (State.EXPLODING, f.steepest >= self.explosion),
                (State.DIVERGING, f.broken | (f.growth >= self.blown_up) | ((f.growth >= self.growing) & f.rising)),
                (State.PLATEAU_RATE, (flat & crept | unmoved) & ~f.origin),
                (State.OSCILLATING, (knocked & ~falling) | (f.growth >= self.lifted) | (flat & strides & ~f.origin)),
                (State.PLATEAU_RATE, flat & even & (f.path < self.moved) & steep & ~f.origin),
                (State.VANISHING, flat & (~steep | (f.slope < self.weak) & ~gains) & ~f.origin),
                (State.PLATEAU_START, flat),
                (State.OSCILLATING, held_up & ~falling),
                (State.OVERFITTING, (f.valid_rise >= self.worse) & (f.train_after <= self.learned)),
                (State.SLOW, falling),
            )
        applies, names = zip(*((applies, str(state)) for state, applies in rules), strict=True)
        found: NDArray[np.str_] = np.select(applies, names, str(State.HEALTHY))
        return found


DETECTOR = Detector()


def diagnose(curves: Mapping[str, Any], detector: Detector = DETECTOR) -> list[Diagnosis]:
    """What the curves of R replicates show, one diagnosis each.

    Args:
        curves: by name, arrays or tensors of shape (K,) or (K, R), each with its own K. ``loss``, ``grad_norm``,
            ``param_norm`` (length of all parameters) and ``update_ratio`` (length of an update over that) at every
            step; ``train_loss`` and ``valid_loss`` at evaluations, evenly apart. Other names are ignored. Only
            ``loss`` or ``train_loss`` is needed, but plateaus and oscillations are told apart by the norms.
        detector: the thresholds.
    """
    f = features(readable(curves))
    states = [State(str(name)) for name in detector.judge(f)]
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
