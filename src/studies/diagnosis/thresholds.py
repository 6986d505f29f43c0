"""Thresholds of the ground truth by state: ``healthy.max_height``, ``oscillating.min_mean_height``, …

All are above 0. Heights are of the training loss after T steps unless said otherwise: 0 is the lowest loss that any
run of the seed reaches, 1 the loss at a good start. The "tuned" rate is the rate of the grid at which the median
height of a good start after T steps is lowest.
"""

from dataclasses import dataclass

from src.core.checks import PositiveNumbers


@dataclass(frozen=True, kw_only=True)
class Healthy(PositiveNumbers):
    """When a run is healthy.

    Attributes:
        max_height: highest height of a healthy run, and half of the highest one in its last quarter.
        max_test_loss: highest test loss of a healthy or slow run, over its own lowest so far.
    """

    max_height: float
    max_test_loss: float


@dataclass(frozen=True, kw_only=True)
class Oscillating(PositiveNumbers):
    """When a rate above the tuned one holds a run up.

    Attributes:
        min_mean_height: lowest mean height over the last quarter of a run that its rate holds up.
        max_tuned_height: highest height of the same seed at the tuned rate, at which it also comes below half of that
            mean.
        min_movement: lowest difference between the highest and the lowest height in that quarter, over the mean: a
            run that rests is held up by something else than its rate.
    """

    min_mean_height: float
    max_tuned_height: float
    min_movement: float


@dataclass(frozen=True, kw_only=True)
class Slow(PositiveNumbers):
    """When a run at a rate below the tuned one is slow.

    Attributes:
        min_height: lowest height of a slow run.
        max_height: highest height of a slow run.
        max_later_height: highest height of a slow run after T more steps, over its height after T steps.
    """

    min_height: float
    max_height: float
    max_later_height: float


@dataclass(frozen=True, kw_only=True)
class PlateauByRate(PositiveNumbers):
    """When a rate is so small that a run does not move.

    Attributes:
        min_height: lowest height of a run that does not move.
        min_rates_below_tuned: number of rates of the grid by which its rate lies below the tuned one, at least.
    """

    min_height: float
    min_rates_below_tuned: int


@dataclass(frozen=True, kw_only=True)
class Diverging(PositiveNumbers):
    """When a run at a rate above the tuned one diverges.

    Attributes:
        min_height: height above which a run diverges whose height triples in T more steps; a run that ends as not
            finite or beyond the engine's ceiling diverges anyway.
    """

    min_height: float


@dataclass(frozen=True, kw_only=True)
class Overfitting(PositiveNumbers):
    """When a run over-fits.

    Attributes:
        min_test_loss: lowest test loss of a run that over-fits, over its own lowest so far.
        max_train_loss: highest training loss of a run that over-fits, over its training loss at the lowest test loss.
    """

    min_test_loss: float
    max_train_loss: float


@dataclass(frozen=True, kw_only=True)
class PlateauByInitialization(PositiveNumbers):
    """When a run from a poor start stays where it began.

    Attributes:
        max_change: largest change of a poor start's height over 2T steps.
        max_good_height: highest median height of the good start at the rates at which poor starts are tried.
    """

    max_change: float
    max_good_height: float


@dataclass(frozen=True, kw_only=True)
class Vanishing(PositiveNumbers):
    """When a poor start that stays where it began does so because gradients vanish.

    Attributes:
        max_gradient: highest norm of the gradient in the first layer over all samples, over the good start's (median
            over seeds), unless all weights are equal.
    """

    max_gradient: float


@dataclass(frozen=True, kw_only=True)
class Exploding(PositiveNumbers):
    """When the gradients of a poor start explode; nothing else is asked of such a run.

    Attributes:
        min_gradient: lowest norm of the gradient in all layers over all samples, over the good start's (median over
            seeds).
    """

    min_gradient: float
