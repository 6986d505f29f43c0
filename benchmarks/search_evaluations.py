"""Evaluations to a target by our CMA-ES, compared with those by the library ``cma``."""

import time

import numpy as np
import torch

from benchmarks.measurement import Measurement
from src.core.search import SearchMethod
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.problems.conditioned_quadratic import ConditionedQuadratic
from src.problems.landscape import Landscape
from src.problems.rastrigin import Rastrigin
from src.problems.rosenbrock import Rosenbrock
from src.search.cma_es import CmaEs
from src.search.pycma import Pycma

TARGET = 1e-8
DIMENSIONS = (2, 5, 10, 20)
# Evaluations that a run may spend: 1000 and this many per dimension, about twice as many as a run needs.
LANDSCAPES = {"sphere": 200, "ellipsoid": 1200, "rosenbrock": 1500}


def landscape(name: str, dimension: int) -> Landscape:
    """A landscape in a box 10 wide whose minimum is 0, off the box's centre except for Rosenbrock's."""
    low, high = (-5.0, 5.0) if name == "rosenbrock" else (-4.0, 6.0)
    lower, upper = (low,) * dimension, (high,) * dimension
    if name == "rosenbrock":
        return Rosenbrock(
            dimension=dimension, b=100.0, lower=lower, upper=upper, start=None, steps=1, tolerance=TARGET
        )
    if name == "rastrigin":
        return Rastrigin(dimension=dimension, lower=lower, upper=upper, start=None, steps=1, tolerance=TARGET)
    condition, rotation_seed = (1.0, None) if name == "sphere" else (1e6, 1)
    return ConditionedQuadratic(
        condition=condition,
        rotation_seed=rotation_seed,
        lower=lower,
        upper=upper,
        start=None,
        steps=1,
        tolerance=TARGET,
    )


def spent(problem: Landscape, method: SearchMethod, budget: int, count: int) -> np.ndarray:
    """Evaluations to the target, shape (S,), from starts uniform in the box; inf where a seed missed it."""
    lower, upper = problem.box()
    all_seeds = seeds(count)
    uniform = np.stack([seed.generator("start").random(len(lower)) for seed in all_seeds])
    start = lower + (upper - lower) * torch.from_numpy(uniform)
    loop = SearchLoop(problem=problem, method=method, lower=lower, upper=upper, budget=budget)
    reached = (loop.run(start, all_seeds).best <= TARGET).numpy()
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.inf)


def rivals() -> tuple[SearchMethod, SearchMethod]:
    """Our method and the library's, with their defaults and the same first step."""
    ours = CmaEs(population=None, sigma=0.3, active=True, restarts="ipop", tolerance=1e-12)
    return ours, Pycma(population=None, sigma=0.3, growth=1)


def budget(name: str, dimension: int) -> int:
    """Evaluations that a run on a landscape may spend."""
    return 1000 + LANDSCAPES[name] * dimension


def compared(dimensions: tuple[int, ...] = DIMENSIONS, count: int = 30) -> Measurement:
    """The largest ratio of median evaluations over landscapes and dimensions, ours to the library's."""
    ratios: dict[str, float] = {}
    seconds: list[float] = []
    for name in LANDSCAPES:
        for dimension in dimensions:
            middles = []
            for method in rivals():
                began = time.process_time()
                middles.append(np.median(spent(landscape(name, dimension), method, budget(name, dimension), count)))
                seconds.append(time.process_time() - began)
            ratios[f"{name} {dimension}-D"] = middles[0] / middles[1]
    return Measurement(
        benchmark=f"CMA-ES, {count} seeds, evaluations to {TARGET:g}",
        peer="the library cma, one seed at a time",
        ours=sum(seconds[0::2]),
        peers=sum(seconds[1::2]),
        ratio=max(ratios.values()),
        goal=1.2,
        at_most=True,
        note="largest of " + ", ".join(f"{where} {ratio:.2f}" for where, ratio in ratios.items()),
    )
