"""Theory of linear methods on quadratics with eigenvalues from ``smallest`` to ``largest``.

Rates are counted for ``f = 1/2 x' H x``, whose gradient is ``H x``.
"""

from dataclasses import replace
from math import inf, log, sqrt
from typing import NamedTuple

from src.core.optimizer import Optimizer
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.optimizers.nesterov import Nesterov


class Fastest(NamedTuple):
    """The best setting of a method and the factor by which the error shrinks each step in the end."""

    optimizer: Optimizer
    learning_rate: float
    decay: float


def stability_edge(optimizer: Optimizer, largest: float) -> float | None:
    """The rate above which the method diverges; None for a method without one.

    Where a root of the stiffest direction's recurrence passes -1: gradient descent ``2 / L``, heavy ball
    ``2 (1 + beta) / L`` (Polyak 1964), Nesterov ``2 (1 + beta) / ((1 + 2 beta) L)``.
    """
    if isinstance(optimizer, GradientDescent):
        return 2 / largest
    if isinstance(optimizer, Momentum):
        return 2 * (1 + optimizer.beta) / largest
    if isinstance(optimizer, Nesterov):
        return 2 * (1 + optimizer.beta) / ((1 + 2 * optimizer.beta) * largest)
    return None


def fastest(optimizer: Optimizer, smallest: float, largest: float) -> Fastest | None:
    """The setting with the smallest spectral radius over all eigenvalues; None where no such theory is known.

    Gradient descent and heavy ball: Polyak 1964, section 2; Nesterov with a constant beta: Lessard, Recht & Packard
    2016, proposition 1.
    """
    condition = largest / smallest
    root = sqrt(condition)
    if isinstance(optimizer, GradientDescent):
        return Fastest(optimizer, 2 / (largest + smallest), (condition - 1) / (condition + 1))
    if isinstance(optimizer, Momentum):
        decay = (root - 1) / (root + 1)
        return Fastest(replace(optimizer, beta=decay**2), 4 / (sqrt(largest) + sqrt(smallest)) ** 2, decay)
    if isinstance(optimizer, Nesterov):
        root = sqrt(3 * condition + 1)
        beta = (root - 2) / (root + 2)
        return Fastest(replace(optimizer, beta=beta), 4 / (3 * largest + smallest), 1 - 2 / root)
    return None


def steps_to_shrink(decay: float, factor: float) -> float:
    """Steps in which an error that shrinks by ``decay`` each step shrinks to ``factor`` of itself."""
    return 1.0 if decay <= 0 else inf if decay >= 1 else log(factor) / log(decay)
