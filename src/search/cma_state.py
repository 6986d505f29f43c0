"""What CMA-ES remembers of each row, and when a row's search has come to its end (Hansen 2016, appendix B.3)."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.search import Setup

CONDITION = 1e14  # of the covariance, beyond which rounding rules
SHRUNK = 1e-12  # of the first sigma: steps below are rounding
STALE = 0.3  # share of the history at each end whose medians are compared


@dataclass(frozen=True)
class CmaState:
    """A normal distribution for each row, in units of the box's edges from its lower corner.

    Attributes:
        setup: what the search started from.
        mean: m, shape (R, 1, D); it may lie in a mirror image of the box.
        sigma: shape (R, 1, 1).
        sigma_path: p_sigma, shape (R, 1, D).
        path: p_c, shape (R, 1, D).
        covariance: C, shape (R, D, D).
        axes: B, whose columns are eigenvectors of C as it last was decomposed, shape (R, D, D).
        lengths: square roots of its eigenvalues, shape (R, 1, D).
        steps: the standard-normal z that were asked last, shape (R, N, D).
        age: generations since the row started or restarted, shape (R, 1, 1).
        history: the best value of each of the last generations, oldest first, shape (R, H); inf before the row's own.
        restarts: how often the row restarted, shape (R,).
        generations: told so far, the same for all rows.
    """

    setup: Setup
    mean: Tensor
    sigma: Tensor
    sigma_path: Tensor
    path: Tensor
    covariance: Tensor
    axes: Tensor
    lengths: Tensor
    steps: Tensor
    age: Tensor
    history: Tensor
    restarts: Tensor
    generations: int


def recent(dimension: int, population: int) -> int:
    """Generations over which values that differ by less than a tolerance end a search: TolFun's 10 + 30 D / N."""
    return 10 + math.ceil(30 * dimension / population)


def remembered(dimension: int, population: int) -> int:
    """Generations over which values that get no better end a search: Stagnation's 120 + 30 D / N, the shortest."""
    return 120 + math.ceil(30 * dimension / population)


def broken(state: CmaState) -> Tensor:
    """Rows (R,) whose numbers are of no more use."""
    numbers = torch.cat([state.covariance, state.mean, state.sigma.expand_as(state.mean)], dim=1)
    return ~numbers.isfinite().flatten(1).all(dim=1)


def exhausted(state: CmaState, values: Tensor, first_sigma: Tensor, tolerance: float) -> Tensor:
    """Rows (R,) that have nothing more to gain, by five of the tutorial's criteria.

    No value is finite; or (TolFun) all values of this generation and the best of the recent ones lie within the
    tolerance; or (TolX) steps in every coordinate are below 1e-12 of the first; or (ConditionCov) the covariance's
    condition exceeds 1e14; or (Stagnation) the later best values of the history are, by median, no better than the
    early ones. The tutorial's Stagnation also looks at each generation's median and at longer histories.

    Args:
        state: after the generation was told.
        values: the generation's, shape (R, N).
        first_sigma: shape (R, 1, 1).
        tolerance: TolFun, in units of the objective.
    """
    dimension = state.mean.shape[2]
    among = torch.cat([state.history[:, -recent(dimension, values.shape[1]) :], values], dim=1)
    flat = among.amax(dim=1) - among.amin(dim=1) < tolerance
    spread = state.path.abs().squeeze(1).maximum(state.covariance.diagonal(dim1=1, dim2=2).sqrt())
    shrunk = ((state.sigma * spread[:, None]) < SHRUNK * first_sigma).flatten(1).all(dim=1)
    ratio = (state.lengths.amax(dim=2) / state.lengths.amin(dim=2))[:, 0]
    share = math.ceil(STALE * state.history.shape[1])
    old, new = state.history[:, :share], state.history[:, -share:]
    stale = old.isfinite().all(dim=1) & (new.median(dim=1).values >= old.median(dim=1).values)
    return flat | shrunk | (ratio.square() > CONDITION) | stale | values.isinf().all(dim=1)
