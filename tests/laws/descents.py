"""Short descents for the laws, and how to compare them row by row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import registry
import torch
from torch import Tensor

from src.core.optimizer import Optimizer
from src.core.problem import Problem
from src.core.streams import Seed, seeds
from src.engine.descend import DescentLoop, DescentResult
from src.monitor.stopping import Patience

SEEDS = seeds(4)
# The last one makes a landscape's rows diverge, so that rows next to ended rows are compared too.
RATES = torch.tensor([1e-5, 0.05, 1e3], dtype=torch.float64)
LEARNING_RATES = torch.tensor([1e-3, 1e-2], dtype=torch.float64)

DIFFERENTIABLE = registry.names_where("problem", lambda problem: problem.is_differentiable)
LANDSCAPES = registry.names_where("problem", lambda problem: not problem.is_learning and problem.is_differentiable)
WITHOUT_GRADIENT = registry.names_where("problem", lambda problem: not problem.is_differentiable)
LEARNING = registry.names_where("problem", lambda problem: problem.is_learning)


def points(problem: Problem, count: int, number: int = 0) -> Tensor:
    """Random parameters (count, D): in the box of a landscape, small weights of a network."""
    draw = np.random.default_rng(number)
    shape = (count, problem.dimension)
    if hasattr(problem, "box"):
        lower, upper = (edge.numpy() for edge in problem.box())
        drawn = draw.uniform(lower, upper, shape)
    else:
        drawn = draw.normal(0, 0.1 if problem.is_learning else 1, shape)
    theta = torch.from_numpy(drawn).to(problem.dtype)
    return theta.round() if problem.domain == "bits" else theta


def double(name: str) -> Problem:
    """The problem in float64, where precision is a field."""
    problem = registry.shared("problem", name)
    return problem if problem.dtype == torch.float64 else registry.build("problem", name, precision="float64")


def descend(
    problem: Problem,
    optimizer: Optimizer,
    start: Tensor,
    rates: Tensor,
    row_seeds: Sequence[Seed],
    *,
    steps: int = 30,
    chunk_rows: int | None = None,
    paths: int = 0,
    **stopping: Any,
) -> DescentResult:
    """Run the engine with the stopping rule of ``conf/`` (or ``stopping``'s fields of it) and a constant rate."""
    rule = {"metric": "tuning_metric", "patience": 5, "min_delta": 1e-4, "freeze": False, "gradient_tolerance": 1e-12}
    loop = DescentLoop(
        problem=problem,
        optimizer=optimizer,
        schedule=registry.shared("schedule", "constant"),
        stopping=Patience(**rule | stopping),
        steps=steps,
        evaluate_every=2,
        paths=paths,
    )
    return loop.run(start, rates, row_seeds, chunk_rows)


def rows_of(descent: DescentResult, rows: Sequence[int] | slice = slice(None)) -> dict[str, Tensor]:
    """All that is known of some rows."""
    tensors = {name: getattr(descent, name)[rows] for name in ("theta", "status", "taken", "stopped_step")}
    return tensors | {name: series.values[:, rows] for name, series in descent.series.items()}


def assert_same(left: dict[str, Tensor], right: dict[str, Tensor], tolerance: float = 0) -> None:
    """Equal to within ``tolerance`` (relative and absolute; 0: bit for bit), NaN equal to NaN."""
    assert left.keys() == right.keys()
    for name, tensor in left.items():
        torch.testing.assert_close(
            tensor,
            right[name],
            rtol=tolerance,
            atol=tolerance,
            equal_nan=True,
            msg=lambda text, name=name: f"{name}: {text}",
        )
