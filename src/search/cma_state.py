"""State of CMA-ES for each row, and the criteria that end a row's run (Hansen 2016, appendix B.3)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from src.core.search import Setup
from src.search.cma_restarts import Runs

CONDITION = 1e14  # condition number of the covariance beyond which rounding rules
SHRUNK = 1e-12  # share of the first sigma below which a step is rounding
STALE = 0.3  # share of the history, at each of its ends, whose medians are compared


@dataclass(frozen=True)
class Distribution:
    """A normal distribution for each row, in units of the box's edges from its lower corner, and the row's run.

    Attributes:
        mean: center m of the distribution, shape (R, 1, D); m may lie in a mirror image of the box.
        first_sigma: step size at the start of the row's run, shape (R, 1, 1).
        sigma: step size, shape (R, 1, 1).
        p_sigma: evolution path of sigma, shape (R, 1, D).
        p_c: evolution path of the covariance, shape (R, 1, D).
        C: covariance without sigma, shape (R, D, D).
        B_T: transpose of B, the eigenvectors of C at its last decomposition: one per row, shape (R, D, D).
        D: square roots of the eigenvalues of C at its last decomposition, shape (R, 1, D).
        age: generations since the row started or restarted, shape (R, 1, 1).
        history: best value of each of the last H generations, oldest first, shape (R, H); inf for generations before
            the row's last start.
        restarts: number of restarts of the row, shape (R,).
        runs: population and length of the row's run.
    """

    mean: Tensor
    first_sigma: Tensor
    sigma: Tensor
    p_sigma: Tensor
    p_c: Tensor
    C: Tensor
    B_T: Tensor
    D: Tensor
    age: Tensor
    history: Tensor
    restarts: Tensor
    runs: Runs

    def at(self, rows: Tensor) -> "Distribution":
        """The rows of index ``rows`` (M,) alone, in increasing order; bits do not depend on M."""
        if len(rows) == len(self.restarts):
            return self
        return _map_rows(lambda tensor, _: tensor[rows], self, self)

    def with_rows(self, rows: Tensor, part: "Distribution") -> "Distribution":
        """Copy in which ``part`` stands at the rows of index ``rows`` (M,), in increasing order."""
        if len(rows) == len(self.restarts):
            return part
        return _map_rows(lambda tensor, other: tensor.index_copy(0, rows, other), self, part)


def _map_rows(function: Callable[[Tensor, Tensor], Tensor], one: Distribution, two: Distribution) -> Distribution:
    def mapped(left: Any, right: Any) -> dict[str, Tensor]:
        names = [field.name for field in fields(left) if field.name != "runs"]
        return {name: function(getattr(left, name), getattr(right, name)) for name in names}

    return replace(one, **mapped(one, two), runs=Runs(**mapped(one.runs, two.runs)))


@dataclass(frozen=True)
class CmaState:
    """Distribution of each row, and what its present generation has asked so far.

    Attributes:
        setup: the setup that the search started from.
        rows: distribution and run of each row.
        steps: standard-normal z of the last points that were asked, shape (R, N, D).
        told: steps (R, N, D) and values (R, N) of the latest asks, oldest first, as many as any row still needs.
        waiting: number of asks that were told since the row's last full generation, shape (R,).
    """

    setup: Setup
    rows: Distribution
    steps: Tensor
    told: tuple[tuple[Tensor, Tensor], ...]
    waiting: Tensor


def tolfun_window(dimension: int, population: int) -> int:
    """Number of generations over which TolFun compares values: 10 + 30 D / N."""
    return 10 + math.ceil(30 * dimension / population)


def stagnation_window(dimension: int, population: int) -> int:
    """Number of generations over which Stagnation compares values: 120 + 30 D / N, the shortest that it allows."""
    return 120 + math.ceil(30 * dimension / population)


def is_invalid(rows: Distribution) -> Tensor:
    """Whether a row has a number that is not finite, shape (R,)."""
    numbers = torch.cat([rows.C, rows.mean, rows.sigma.expand_as(rows.mean)], dim=1)
    return ~numbers.isfinite().flatten(1).all(dim=1)


def should_restart(rows: Distribution, values: Tensor, tolerance: float) -> Tensor:
    """Whether a row has nothing more to gain, by five of the tutorial's criteria, shape (R,).

    No value is finite; or (TolFun) all values of this generation and the best of the recent ones lie within the
    tolerance; or (TolX) steps in every coordinate are below 1e-12 of the first; or (ConditionCov) the covariance's
    condition exceeds 1e14; or (Stagnation) the later best values of the history are, by median, no better than the
    early ones. The tutorial's Stagnation also looks at each generation's median and at longer histories.

    Args:
        rows: state after the generation was told.
        values: values of the generation, shape (R, N).
        tolerance: tolerance of TolFun, in units of the objective.
    """
    dimension, count = rows.mean.shape[2], values.shape[1]
    compared = torch.cat([rows.history[:, -tolfun_window(dimension, count) :], values], dim=1)
    flat = compared.amax(dim=1) - compared.amin(dim=1) < tolerance
    spread = rows.p_c.abs().squeeze(1).maximum(rows.C.diagonal(dim1=1, dim2=2).sqrt())
    shrunk = ((rows.sigma * spread[:, None]) < SHRUNK * rows.first_sigma).flatten(1).all(dim=1)
    ratio = (rows.D.amax(dim=2) / rows.D.amin(dim=2))[:, 0]
    history = rows.history[:, -stagnation_window(dimension, count) :]
    share = math.ceil(STALE * history.shape[1])
    old, new = history[:, :share], history[:, -share:]
    stale = old.isfinite().all(dim=1) & (new.median(dim=1).values >= old.median(dim=1).values)
    return flat | shrunk | (ratio.square() > CONDITION) | stale | values.isinf().all(dim=1)
