"""State of CMA-ES for each row, and the criteria that end a row's search (Hansen 2016, appendix B.3)."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.search import Setup

CONDITION = 1e14  # condition number of the covariance beyond which rounding rules
SHRUNK = 1e-12  # share of the first sigma below which a step is rounding
STALE = 0.3  # share of the history, at each of its ends, whose medians are compared


@dataclass(frozen=True)
class CmaState:
    """A normal distribution for each row, in units of the box's edges from its lower corner.

    Attributes:
        setup: the setup that the search started from.
        mean: center m of the distribution, shape (R, 1, D); m may lie in a mirror image of the box.
        sigma: step size, shape (R, 1, 1).
        p_sigma: evolution path of sigma, shape (R, 1, D).
        p_c: evolution path of the covariance, shape (R, 1, D).
        C: covariance without sigma, shape (R, D, D).
        B: eigenvectors of C, one per column, at its last decomposition, shape (R, D, D).
        D: square roots of the eigenvalues of C at its last decomposition, shape (R, 1, D).
        steps: standard-normal z of the last points that were asked, shape (R, N, D).
        age: generations since the row started or restarted, shape (R, 1, 1).
        history: best value of each of the last H generations, oldest first, shape (R, H); inf for generations before
            the row's last start.
        restarts: number of restarts of the row, shape (R,).
        generations: number of generations told so far, the same for all rows.
    """

    setup: Setup
    mean: Tensor
    sigma: Tensor
    p_sigma: Tensor
    p_c: Tensor
    C: Tensor
    B: Tensor
    D: Tensor
    steps: Tensor
    age: Tensor
    history: Tensor
    restarts: Tensor
    generations: int


def tolfun_window(dimension: int, population: int) -> int:
    """Number of generations over which TolFun compares values: 10 + 30 D / N."""
    return 10 + math.ceil(30 * dimension / population)


def stagnation_window(dimension: int, population: int) -> int:
    """Number of generations over which Stagnation compares values: 120 + 30 D / N, the shortest that it allows."""
    return 120 + math.ceil(30 * dimension / population)


def is_invalid(state: CmaState) -> Tensor:
    """Whether a row has a number that is not finite, shape (R,)."""
    numbers = torch.cat([state.C, state.mean, state.sigma.expand_as(state.mean)], dim=1)
    return ~numbers.isfinite().flatten(1).all(dim=1)


def should_restart(state: CmaState, values: Tensor, first_sigma: Tensor, tolerance: float) -> Tensor:
    """Whether a row has nothing more to gain, by five of the tutorial's criteria, shape (R,).

    No value is finite; or (TolFun) all values of this generation and the best of the recent ones lie within the
    tolerance; or (TolX) steps in every coordinate are below 1e-12 of the first; or (ConditionCov) the covariance's
    condition exceeds 1e14; or (Stagnation) the later best values of the history are, by median, no better than the
    early ones. The tutorial's Stagnation also looks at each generation's median and at longer histories.

    Args:
        state: state after the generation was told.
        values: values of the generation, shape (R, N).
        first_sigma: step size of the row's first generation, shape (R, 1, 1).
        tolerance: tolerance of TolFun, in units of the objective.
    """
    dimension = state.mean.shape[2]
    window = tolfun_window(dimension, values.shape[1])
    compared = torch.cat([state.history[:, -window:], values], dim=1)
    flat = compared.amax(dim=1) - compared.amin(dim=1) < tolerance
    spread = state.p_c.abs().squeeze(1).maximum(state.C.diagonal(dim1=1, dim2=2).sqrt())
    shrunk = ((state.sigma * spread[:, None]) < SHRUNK * first_sigma).flatten(1).all(dim=1)
    ratio = (state.D.amax(dim=2) / state.D.amin(dim=2))[:, 0]
    share = math.ceil(STALE * state.history.shape[1])
    old, new = state.history[:, :share], state.history[:, -share:]
    stale = old.isfinite().all(dim=1) & (new.median(dim=1).values >= old.median(dim=1).values)
    return flat | shrunk | (ratio.square() > CONDITION) | stale | values.isinf().all(dim=1)
