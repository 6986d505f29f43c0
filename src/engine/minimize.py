"""Search a plain Python function with many seeds in one call, as the studies do."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from src.core.search import SearchMethod
from src.core.streams import seeds as numbered
from src.engine.search import SearchLoop, SearchResult
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
    maximize: bool = False,
    root_seed: int = 0,
) -> SearchResult:
    """Minimize ``function`` over a box, once per seed.

    Args:
        function: function that takes a point (D,) and returns a number; when ``vectorized``, it takes points (N, D)
            and returns numbers (N,).
        method: search method, such as ``CmaEs(population=None, sigma=0.3, ...)``.
        lower: lower edge of the box, length D.
        upper: upper edge of the box, length D.
        budget: number of evaluations that each seed may spend.
        seeds: number of independent replicates S, each from a start uniform in the box.
        vectorized: whether ``function`` takes many points at once.
        maximize: whether the function is maximized; the values in the result are then those of its negative.
        root_seed: key of all random streams.

    Returns:
        The best value after each evaluation (S, budget), the best points (S, D), and the evaluations spent (S,). An
        evaluation in which the function raises an exception, or gives NaN or an infinite number, counts as the worst
        value; ``failed_evaluations`` and ``first_failure`` tell of the exceptions.

    Raises:
        FieldError: the box is not a box, or the function is not callable.
    """
    problem = PlainFunction(
        function=function,
        vectorized=vectorized,
        maximize=maximize,
        lower=tuple(float(edge) for edge in lower),
        upper=tuple(float(edge) for edge in upper),
        start=None,
        steps=budget,
        tolerance=1.0,
        lowest=None,
    )
    low, high = problem.box()
    drawn = numbered(seeds, "test", root_seed)
    start = np.stack([seed.generator("start").uniform(low, high) for seed in drawn])
    return SearchLoop(problem=problem, method=method, lower=low, upper=high, budget=budget).run(
        torch.from_numpy(start), drawn
    )
