"""Basins of attraction: minima at which gradient descent comes to rest, and the part of the box that leads to each.

At the learning rate 1/L, with L the largest curvature in the box, every step of gradient descent within the box goes
down (Nesterov 2004, Introductory Lectures on Convex Optimization, section 1.2.3), and leaps over no ridge.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.core.checks import field_error
from src.core.problem import Problem
from src.core.streams import Seed, seeds
from src.engine.descend import DescentLoop
from src.protocol.study import Cell
from src.tables.run_tables import summary_table

LATTICE = 64  # starting points per side of the box
LEG = 250  # steps after which rows at rest are dropped, so that only moving rows cost time
WATCHED_STEPS = 1000  # of the descents that the stopping rule watches and the diagnosis reads
NEAR = 0.01  # of the box's sides: two end points nearer than this are one minimum


@dataclass(frozen=True)
class Atlas:
    """Minima to which lattice points of the box descend.

    Attributes:
        minima: points of the minima, shape (M, D), the lowest first.
        values: values of the minima, shape (M,).
        areas: share of the box that descends to each minimum, shape (M,). The rest of the box descends to plateaus,
            leaves the box, or is still moving when the budget ends.
        best: whether a minimum is global: within the problem's tolerance of the lowest, shape (M,).
        learning_rate: 1/L, or the cell's learning rate where it is given.
    """

    minima: np.ndarray
    values: np.ndarray
    areas: np.ndarray
    best: np.ndarray
    learning_rate: float

    def index_of(self, points: np.ndarray, sides: np.ndarray) -> np.ndarray:
        """Index of the minimum at each of ``points`` (N, D), or -1, shape (N,); ``sides`` (D,) of the box."""
        if not len(self.minima):
            return np.full(len(points), -1)
        apart = np.linalg.norm((points[:, None] - self.minima[None]) / sides, axis=2)
        nearest: np.ndarray = np.where(apart.min(axis=1) <= NEAR, apart.argmin(axis=1), -1)
        return nearest

    def expected_minima(self, points: int) -> float:
        """Mean number of minima that ``points`` independent uniform points find: sum of ``1 - (1 - area)^points``."""
        return float((1 - (1 - self.areas) ** points).sum())

    def chance_of_global(self, points: int) -> float:
        """Probability that at least one of ``points`` independent uniform points finds a global minimum."""
        return float(1 - (1 - self.areas[self.best].sum()) ** points)


def descend_to_rest(cell: Cell, start: Tensor, learning_rate: float) -> tuple[Tensor, Tensor]:
    """Last points (N, D) and values (N,) of descents from ``start`` (N, D) within the cell's budget.

    Raises:
        FieldError: the method has a memory or noise, and cannot be restarted after each leg.
    """
    if cell.optimizer.needs_noise or cell.optimizer.init(start) != ():
        raise field_error(
            "starting_points", "optimizer", type(cell.optimizer).__name__, "one without memory, such as gd"
        )
    theta, moving, remaining = start.clone(), torch.arange(len(start)), cell.steps
    while remaining > 0 and len(moving):
        steps = min(LEG, remaining)
        loop = DescentLoop(
            problem=cell.problem,
            optimizer=cell.optimizer,
            schedule=cell.schedule,
            stopping=cell.stopping,
            steps=steps,
            evaluate_every=steps,
            device=torch.device(cell.device),
        )
        unused = [Seed(0)] * len(moving)
        rates = torch.tensor([learning_rate], dtype=cell.problem.dtype)
        descent = loop.run(theta[moving], rates, unused)
        theta[moving] = descent.theta
        moving, remaining = moving[descent.taken == steps], remaining - steps
    return theta, cell.problem.value(theta)


def watched_summary(cell: Cell, start: Tensor, learning_rate: float) -> pd.DataFrame:
    """Rows of ``summary`` of descents from one point per seed, ``start`` (S, D): diagnosis and early stopping."""
    loop = DescentLoop(
        problem=cell.problem,
        optimizer=cell.optimizer,
        schedule=cell.schedule,
        stopping=cell.stopping,
        steps=min(cell.steps, WATCHED_STEPS),
        evaluate_every=cell.steps,
        device=torch.device(cell.device),
    )
    rates = np.array([learning_rate])
    drawn = seeds(len(start), "test", cell.root_seed)
    descent = loop.run(start, torch.as_tensor(rates, dtype=cell.problem.dtype), drawn)
    metric = cell.stopping.watched(cell.problem.tuning_metric)
    return summary_table(cell.problem, descent, "test", rates, metric, loop.steps)


def atlas(cell: Cell, lower: np.ndarray, upper: np.ndarray) -> Atlas:
    """Descend from the centres of a lattice of cells over the box from ``lower`` to ``upper``, in two dimensions."""
    shares = (np.arange(LATTICE) + 0.5) / LATTICE
    unit = np.stack(np.meshgrid(shares, shares, indexing="ij"), axis=-1).reshape(-1, 2)
    start = torch.from_numpy(lower + (upper - lower) * unit).to(cell.problem.dtype)
    learning_rate = float(cell.learning_rate or 1 / curvatures(cell.problem, start).abs().max())
    ends, values = (each.numpy() for each in descend_to_rest(cell, start, learning_rate))
    sides = upper - lower
    minima = _minima(cell.problem, ends, values, lower, upper)
    depths = cell.problem.value(torch.from_numpy(minima)).numpy() if len(minima) else np.empty(0)
    # Where the problem's minimum is not known, the lowest minimum found is the global one.
    target = cell.problem.target if cell.problem.target is not None else depths.min(initial=np.inf) + 1e-6
    found = Atlas(minima, depths, np.empty(0), depths <= target, learning_rate)
    owners = found.index_of(ends, sides)
    areas = np.bincount(owners[owners >= 0], minlength=len(minima)) / len(ends)
    return replace(found, areas=areas)


def curvatures(problem: Problem, points: Tensor) -> Tensor:
    """Eigenvalues of the Hessian at ``points`` (N, D), rising, shape (N, D)."""
    leaf = points.detach().requires_grad_(True)
    (slopes,) = torch.autograd.grad(problem.value(leaf).sum(), leaf, create_graph=True)
    # Points do not influence each other, so a derivative of the sum is the derivative at one point.
    rows = [torch.autograd.grad(slope.sum(), leaf, retain_graph=True)[0] for slope in slopes.unbind(-1)]
    found: Tensor = torch.linalg.eigvalsh(torch.stack(rows, -1))
    return found


def _minima(
    problem: Problem, ends: np.ndarray, values: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Distinct points (M, D) of ``ends`` within the box with a gradient of 0 and all curvatures above 0."""
    points = torch.from_numpy(ends).to(problem.dtype)
    flat = torch.linalg.vector_norm(problem.gradient(points)[1], dim=1) < 1e-5
    inside = ((ends >= lower) & (ends <= upper)).all(axis=1) & flat.numpy()
    waiting = np.flatnonzero(inside)[np.argsort(values[inside], kind="stable")]
    found: list[np.ndarray] = []
    while len(waiting):
        first = ends[waiting[0]]
        found.append(first)
        apart = np.linalg.norm((ends[waiting] - first) / (upper - lower), axis=1)
        waiting = waiting[apart > NEAR]
    minima = np.array(found).reshape(-1, ends.shape[1])
    # On a plateau the gradient is close to 0 as well, and the curvatures are, too.
    largest = float(curvatures(problem, points).abs().max()) if len(points) else 0.0
    curved = curvatures(problem, torch.from_numpy(minima))[:, 0].numpy() if len(minima) else np.empty(0)
    kept: np.ndarray = minima[curved > 1e-3 * largest]
    return kept
