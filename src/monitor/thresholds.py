"""Thresholds of the detector by state; features are those of ``src/monitor/curve_features.py``.

All are above 0. They were chosen on the development tasks and seeds of the study ``diagnosis``.
"""

from dataclasses import dataclass

from src.core.checks import PositiveNumbers


@dataclass(frozen=True, kw_only=True)
class Exploding(PositiveNumbers):
    """When gradients explode.

    Attributes:
        min_steepest: gradients explode at this ``steepest`` or more; otherwise it is a small multiple of the depth.
    """

    min_steepest: float = 180.0


@dataclass(frozen=True, kw_only=True)
class Diverging(PositiveNumbers):
    """When a run diverges.

    Attributes:
        min_growth: a run diverges at this ``growth`` or more.
        min_growth_rising: a run that is still ``rising`` diverges at this ``growth`` or more.
    """

    min_growth: float = 1000.0
    min_growth_rising: float = 3.0


@dataclass(frozen=True, kw_only=True)
class Plateau(PositiveNumbers):
    """When a run is on a plateau, whatever its cause.

    Attributes:
        max_drop: a run is on a plateau at a ``drop`` below this, if it has not come down from the start.
        max_fall: a run has come down from the start when its ``growth`` is below minus this.
        min_gradient_kept: a loss that may be negative has come down at a ``gradient_kept`` below this, however small
            its fall, once the parameters have moved.
    """

    max_drop: float = 0.05
    max_fall: float = 0.15
    min_gradient_kept: float = 0.3


@dataclass(frozen=True, kw_only=True)
class PlateauByRate(PositiveNumbers):
    """When a plateau is due to a learning rate that is too small.

    Attributes:
        max_path: the parameters have hardly moved at a ``path`` below this; below a third of it they have not moved
            at all, and a ``drop`` within twice its ``doubt`` is then noise.
        max_path_steep: the parameters have hardly moved at a ``path`` below this where the gradient is large: where
            ``slope`` is ten times ``vanishing.max_slope`` or more.
        max_path_flat: the rate, and not a vanishing gradient, keeps the parameters where ``path`` is below this.
        max_path_progressing: a fall that is even, or still gains, is due to a small rate at a ``path`` below this.
        max_unevenness: a fall is even, as with parameters that hardly move, when ``late`` is within this of a half.
        min_gain: a fall gains, as that along the gradient, at this ``gain`` or more.
        min_remain: a fall that gains has to have this ``remain`` or more.
        min_predicted: parameters that hardly move are moved by a mini-batch's noise, and not by a small rate, where
            ``predicted`` is this or more and ``gain`` is below ``max_gain_of_noise``.
        max_gain_of_noise: see ``min_predicted``.
    """

    max_path: float = 0.03
    max_path_steep: float = 0.06
    max_path_flat: float = 0.001
    max_path_progressing: float = 0.15
    max_unevenness: float = 0.12
    min_gain: float = 0.3
    min_remain: float = 0.2
    min_predicted: float = 0.1
    max_gain_of_noise: float = 0.15


@dataclass(frozen=True, kw_only=True)
class Vanishing(PositiveNumbers):
    """When a plateau is due to gradients that vanish.

    Attributes:
        max_slope: the gradient, and not the rate, keeps the parameters where they are at a ``slope`` below this.
        max_slope_moving: gradients that move the parameters and bring no ``gain`` vanish at a ``slope`` below this:
            the rest of them is a mini-batch's noise in the output's biases.
        max_slope_of_noise: so do gradients whose ``gain`` is below ``plateau_by_rate.max_gain_of_noise``.
    """

    max_slope: float = 0.03
    max_slope_moving: float = 3.0
    max_slope_of_noise: float = 12.0


@dataclass(frozen=True, kw_only=True)
class Oscillating(PositiveNumbers):
    """When a learning rate that is too large holds the loss up.

    Attributes:
        min_growth: the rate holds a run above its start at this ``growth`` or more.
        min_leap: a leap brought the run where it is at this ``leap`` or more, unless the run recovered or returned.
        max_recovery: a run has recovered from a leap when its ``growth`` is below minus this.
        max_return: a run has returned to where it began when its ``growth`` is within this of 0.
        min_violent_leap: a run has not merely returned after a ``leap`` of this or more.
        min_stride: a run on a plateau leaps about at this ``path`` per step or more, if its gradient is not weak.
        min_work: the rate holds the loss up at this ``work`` or more.
        min_retreat: the rate also holds up a loss that lies this ``retreat`` or more above its lowest block.
        min_work_retreating: the rate holds up such a loss at this ``work`` or more.
    """

    min_growth: float = 0.2
    min_leap: float = 0.3
    max_recovery: float = 0.35
    max_return: float = 0.15
    min_violent_leap: float = 8.0
    min_stride: float = 0.03
    min_work: float = 0.2
    min_retreat: float = 0.05
    min_work_retreating: float = 0.03


@dataclass(frozen=True, kw_only=True)
class Overfitting(PositiveNumbers):
    """When a run over-fits.

    Attributes:
        min_valid_rise: a run over-fits at this ``valid_rise`` or more, if the training loss fell meanwhile.
        max_train_after: the training loss fell meanwhile when ``train_after`` is this or less.
        min_far_rise: at this ``valid_rise`` or more it is enough that the training loss did not rise meanwhile: the
            validation loss of a network that learns fast is lowest when its training loss has little left to fall.
        min_gap: at this ``gap`` or more the network has learnt its samples by heart where ``train_after`` is at most
            ``max_train_learnt``; a ``valid_rise`` of ``min_rise_learnt`` is then enough.
        max_train_learnt: see ``min_gap``.
        min_rise_learnt: see ``min_gap``.
    """

    min_valid_rise: float = 0.08
    max_train_after: float = 0.3
    min_far_rise: float = 0.5
    min_gap: float = 0.2
    max_train_learnt: float = 0.1
    min_rise_learnt: float = 0.05


@dataclass(frozen=True, kw_only=True)
class Slow(PositiveNumbers):
    """When a run is still on its way down at its end.

    Attributes:
        min_late: the loss still falls at this ``late`` or more, if some of the fall is left.
        min_remain: some of the fall is left when ``remain`` is this or more, or so blurred (``blur``) that it may be.
        max_work: a fall is no progress at this ``work`` or more.
        min_valley_remain: a run creeps along a valley when this much of the fall is left (``remain``), after a first
            fall that was fast, at a ``late`` of ``min_valley_late`` or more beyond ``valley_doubts`` times its
            ``blur``, if it gains (``min_valley_gain``), and if the last quarter falls by no more than the one before:
            what is left is then at most ``max_valley_remain`` times ``late``. Evaluations over all samples, where
            there are some, have to fall steadily.
        min_valley_late, valley_doubts, min_valley_gain, max_valley_remain: see ``min_valley_remain``.
        min_steady: evaluations over all samples fall steadily when this share of them does (``steady``).
        min_seen_late, min_seen_remain: a loss that falls steadily is slow at these ``seen_late`` and ``seen_remain``.
        min_steady_fall: a loss on a plateau that falls steadily is slow at this ``seen_fall`` or ``drop`` or more.
        min_steady_late: so long as the second half brought this share of the fall.
    """

    min_late: float = 0.13
    min_remain: float = 0.02
    max_work: float = 0.5
    min_valley_remain: float = 0.06
    min_valley_late: float = 0.01
    valley_doubts: float = 3.0
    min_valley_gain: float = 0.2
    max_valley_remain: float = 5.0
    min_steady: float = 0.95
    min_seen_late: float = 0.2
    min_seen_remain: float = 0.1
    min_steady_fall: float = 0.005
    min_steady_late: float = 0.35
