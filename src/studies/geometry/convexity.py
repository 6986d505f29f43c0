"""Three tests of convexity, each equivalent to it, on points from a box (Boyd & Vandenberghe 2004, 3.1).

A function over a box is convex exactly when every chord lies above it, when every tangent lies below it, and when its
Hessian is positive semi-definite everywhere. One violation disproves it; a sample without any does not prove it.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.core.streams import Seed

Function = Callable[[Tensor], Tensor]  # (..., D) -> (...)

CONVEXITY = (
    "seed",  # number of the seed that drew the points
    "pairs",  # number of pairs of points that the seed drew
    "chords_above",  # pairs whose chord lies nowhere below the function
    "tangents_below",  # pairs in which the tangent at the first point is not above the function at the second
    "hessians_psd",  # points where no eigenvalue of the Hessian is negative
    "lowest_eigenvalue",  # lowest eigenvalue at the points, in the function's own units
)
TESTS = ("chords_above", "tangents_below", "hessians_psd")

_ALONG = 31  # points along a chord
_ROUNDING = 1e-10  # relative to the largest number compared


def convexity_table(
    function: Function, lower: Tensor, upper: Tensor, seeds: Sequence[Seed], pairs: int
) -> pd.DataFrame:
    """The three tests, one row per seed; columns ``CONVEXITY``.

    Args:
        function: function to be tested, differentiable by ``torch.func`` almost everywhere.
        lower: lower edges of the box, (D,).
        upper: upper edges of the box, (D,).
        seeds: seeds of the points, which are uniform over the box.
        pairs: pairs of points per seed.
    """
    rows = []
    for seed in seeds:
        drawn = torch.from_numpy(seed.generator("start").random((2, pairs, len(lower))))
        first, second = lower + drawn * (upper - lower)
        eigenvalues, psd = curvatures(function, first)
        above, below = chords_above(function, first, second), tangents_below(function, first, second)
        rows.append(
            (seed.number, pairs, int(above.sum()), int(below.sum()), int(psd.sum()), float(eigenvalues.min()))
        )
    return pd.DataFrame(rows, columns=list(CONVEXITY))


def chords_above(function: Function, first: Tensor, second: Tensor) -> Tensor:
    """Whether the chord from ``first`` to ``second``, both (N, D), lies nowhere below the function: (N,)."""
    share = torch.linspace(0, 1, _ALONG + 2, dtype=first.dtype)[1:-1]
    between = first[:, None] + share[:, None] * (second - first)[:, None]
    start, end = function(first)[:, None], function(second)[:, None]
    height, chord = function(between), start + share * (end - start)
    slack = _ROUNDING * torch.maximum(torch.maximum(start.abs(), end.abs()), height.abs())
    return (chord >= height - slack).all(-1)


def tangents_below(function: Function, first: Tensor, second: Tensor) -> Tensor:
    """Whether the tangent at ``first`` is not above the function at ``second``, both (N, D): (N,)."""
    slope = torch.func.vmap(torch.func.grad(function))(first)
    start, end, along = function(first), function(second), slope * (second - first)
    slack = _ROUNDING * (start.abs() + end.abs() + along.abs().sum(-1))
    below: Tensor = end >= start + along.sum(-1) - slack
    return below


def curvatures(function: Function, points: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues of the Hessian at ``points`` (N, D), ascending, (N, D); whether none is negative, (N,)."""
    hessians = torch.func.vmap(torch.func.hessian(function))(points)
    eigenvalues = torch.linalg.eigvalsh(hessians)
    largest = eigenvalues.abs().amax(-1)
    return eigenvalues, eigenvalues[:, 0] >= -_ROUNDING * largest


def pooled(table: pd.DataFrame) -> dict[str, float]:
    """Shares over all seeds: ``chords_above``, ``tangents_below``, ``hessians_psd``."""
    drawn = float(table["pairs"].sum())
    return {test: float(table[test].sum()) / drawn for test in TESTS}


def is_convex(shares: dict[str, float]) -> np.ndarray:
    """Result of each of ``TESTS``, (3,): convex unless the test met a violation."""
    return np.array([shares[test] == 1.0 for test in TESTS])


def uniqueness_table(seeds: Sequence[Seed], tried: int) -> pd.DataFrame:
    """Convexity tests and minima of three functions on [-1, 1]: does a convex function have one minimum?

    Columns ``function``, ``convex`` (by all three tests), ``tried`` (number of points, 0 among them) and ``minima``
    (number of the points with the lowest value).
    """
    lower, upper = -torch.ones(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    points = torch.cat([torch.zeros(1, 1), torch.linspace(-1, 1, tried, dtype=torch.float64)[:-1, None]])
    rows = []
    for name, function in _UNIQUENESS.items():
        shares = pooled(convexity_table(function, lower, upper, seeds, tried))
        values = function(points)
        rows.append((name, bool(is_convex(shares).all()), tried, int((values == values.min()).sum())))
    return pd.DataFrame(rows, columns=["function", "convex", "tried", "minima"])


_UNIQUENESS: dict[str, Function] = {
    "x^2": lambda x: x.square().sum(-1),
    "max(|x| - 1/2, 0)": lambda x: (x.abs() - 0.5).clamp(min=0).sum(-1),
    "0": lambda x: (0 * x).sum(-1),
}
