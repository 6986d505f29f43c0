"""Search a plain Python function from code, over many seeds: what the studies do, in one call."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from src.core.search import SearchMethod
from src.core.streams import seeds as numbered
from src.engine.search import Searcher, Trace
from src.problems.plain_function import PlainFunction


def minimize(
    function: Callable[[np.ndarray], Any],
    method: SearchMethod,
    lower: Sequence[float],
    upper: Sequence[float],
    *,
    budget: int,
    seeds: int = 30,
    vectorized: bool = False,
    root: int = 0,
) -> Trace:
    """Minimize ``function`` over a box, once for each seed.

    Args:
        function: takes a point (D,) and gives a number; or, when ``vectorized``, points (N, D) and gives (N,).
        method: how points are chosen, as ``CmaEs(population=None, sigma=0.3, ...)``.
        lower: lower edge of the box, length D.
        upper: upper edge of the box, length D.
        budget: evaluations that each seed may spend.
        seeds: number of independent replicates S, each from a start uniform in the box.
        vectorized: whether ``function`` takes many points at once.
        root: key of all random streams.

    Returns:
        The best value after each evaluation (S, budget), the best points (S, D), and the evaluations spent (S,).

    Raises:
        FieldError: the box or the function is none.
    """
    problem = PlainFunction(
        function=function,
        vectorized=vectorized,
        lower=tuple(float(edge) for edge in lower),
        upper=tuple(float(edge) for edge in upper),
        start=None,
        steps=budget,
        tolerance=1.0,
        lowest=None,
    )
    low, high = problem.box()
    of = numbered(seeds, "test", root)
    start = np.stack([seed.generator("start").uniform(low, high) for seed in of])
    return Searcher(problem=problem, method=method, lower=low, upper=high, budget=budget).run(
        torch.from_numpy(start), of
    )
