"""Where gradient descent comes to rest, and which part of the box leads to which minimum.

At the rate 1/L, with L the largest curvature in the box, every step of gradient descent within the box goes down
(Nesterov 2004, Introductory Lectures on Convex Optimization, section 1.2.3), so that it does not leap over ridges.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.core.checks import refuse
from src.core.problem import Problem
from src.core.streams import Seed, seeds
from src.engine.descend import DescentLoop
from src.protocol.study import Cell
from src.tables.run_tables import summary_table

LATTICE = 64  # points a side from which the whole box is descended
LEG = 250  # steps after which rows at rest are left behind, so that the slowest alone are followed on
WATCHED_STEPS = 1000  # of the descents whose curves are recorded and diagnosed
NEAR = 0.01  # of the box's sides: two rests nearer than this are one minimum


@dataclass(frozen=True)
class Atlas:
    """The minima that lattice points of the box descend to.

    Attributes:
        minima: shape (M, D), the lowest first.
        values: shape (M,).
        areas: share of the box that descends to each, shape (M,); what is missing to 1 comes to rest elsewhere: on
            plateaus, outside, or nowhere within the budget.
        best: which of them are global: within the problem's tolerance of the lowest, shape (M,).
        rate: 1/L.
    """

    minima: np.ndarray
    values: np.ndarray
    areas: np.ndarray
    best: np.ndarray
    learning_rate: float

    def which(self, points: np.ndarray, sides: np.ndarray) -> np.ndarray:
        """Index of the minimum at each of ``points`` (N, D), or -1, shape (N,); ``sides`` (D,) are the box's."""
        if not len(self.minima):
            return np.full(len(points), -1)
        apart = np.linalg.norm((points[:, None] - self.minima[None]) / sides, axis=2)
        nearest: np.ndarray = np.where(apart.min(axis=1) <= NEAR, apart.argmin(axis=1), -1)
        return nearest

    def expected(self, points: int) -> float:
        """Distinct minima that as many independent uniform points find on average: sum of ``1 - (1 - area)^n``."""
        return float((1 - (1 - self.areas) ** points).sum())

    def chance(self, points: int) -> float:
        """Chance that one of as many independent uniform points finds a global minimum."""
        return float(1 - (1 - self.areas[self.best].sum()) ** points)


def descend_to_rest(cell: Cell, start: Tensor, rate: float) -> tuple[Tensor, Tensor]:
    """Last points (N, D) and values (N,) of descents from ``start`` (N, D) within the cell's budget.

    Raises:
        FieldError: the method has a memory or noise, and could not be started anew after each leg.
    """
    if cell.optimizer.needs_noise or cell.optimizer.init(start) != ():
        raise refuse("starting_points", "optimizer", type(cell.optimizer).__name__, "one without memory, such as gd")
    theta, going, left = start.clone(), torch.arange(len(start)), cell.steps
    while left > 0 and len(going):
        steps = min(LEG, left)
        loop = DescentLoop(
            problem=cell.problem,
            optimizer=cell.optimizer,
            schedule=cell.schedule,
            stopping=cell.stopping,
            steps=steps,
            evaluate_every=steps,
            device=torch.device(cell.device),
        )
        unused = [Seed(0)] * len(going)
        rates = torch.tensor([rate], dtype=cell.problem.dtype)
        descent = loop.run(theta[going], rates, unused)
        theta[going] = descent.theta
        going, left = going[descent.taken == steps], left - steps
    return theta, cell.problem.value(theta)


def watched(cell: Cell, start: Tensor, rate: float) -> pd.DataFrame:
    """``summary`` rows of descents from one point a seed, ``start`` (S, D), for the diagnosis of their curves."""
    loop = DescentLoop(
        problem=cell.problem,
        optimizer=cell.optimizer,
        schedule=cell.schedule,
        stopping=cell.stopping,
        steps=min(cell.steps, WATCHED_STEPS),
        evaluate_every=cell.steps,
        device=torch.device(cell.device),
    )
    rates = np.array([rate])
    drawn = seeds(len(start), "test", cell.root_seed)
    descent = loop.run(start, torch.as_tensor(rates, dtype=cell.problem.dtype), drawn)
    metric = cell.stopping.watched(cell.problem.tuning_metric)
    return summary_table(cell.problem, descent, "test", rates, metric, loop.steps)


def atlas(cell: Cell, lower: np.ndarray, upper: np.ndarray) -> Atlas:
    """Descend from the centres of a lattice of cells over the box (D,) to (D,), in two dimensions."""
    shares = (np.arange(LATTICE) + 0.5) / LATTICE
    unit = np.stack(np.meshgrid(shares, shares, indexing="ij"), axis=-1).reshape(-1, 2)
    start = torch.from_numpy(lower + (upper - lower) * unit).to(cell.problem.dtype)
    rate = float(cell.learning_rate or 1 / curvatures(cell.problem, start).abs().max())
    ends, values = (each.numpy() for each in descend_to_rest(cell, start, rate))
    sides = upper - lower
    minima = _minima(cell.problem, ends, values, lower, upper)
    deep = cell.problem.value(torch.from_numpy(minima)).numpy() if len(minima) else np.empty(0)
    # A problem whose minimum is not known is measured against the lowest that was found.
    target = cell.problem.target if cell.problem.target is not None else deep.min(initial=np.inf) + 1e-6
    found = Atlas(minima, deep, np.empty(0), deep <= target, rate)
    owners = found.which(ends, sides)
    areas = np.bincount(owners[owners >= 0], minlength=len(minima)) / len(ends)
    return Atlas(minima, deep, areas, deep <= target, rate)


def curvatures(problem: Problem, points: Tensor) -> Tensor:
    """Eigenvalues of the Hessian at ``points`` (N, D), rising, shape (N, D)."""
    leaf = points.detach().requires_grad_(True)
    (slopes,) = torch.autograd.grad(problem.value(leaf).sum(), leaf, create_graph=True)
    # Points do not influence each other, so the sum's derivatives are each point's own.
    rows = [torch.autograd.grad(slope.sum(), leaf, retain_graph=True)[0] for slope in slopes.unbind(-1)]
    found: Tensor = torch.linalg.eigvalsh(torch.stack(rows, -1))
    return found


def _minima(
    problem: Problem, ends: np.ndarray, values: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Distinct points (M, D) of ``ends`` within the box where the gradient is 0 and all curvatures above it."""
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
    # On a plateau the gradient is next to 0 as well, and so are the curvatures.
    largest = float(curvatures(problem, points).abs().max()) if len(points) else 0.0
    curved = curvatures(problem, torch.from_numpy(minima))[:, 0].numpy() if len(minima) else np.empty(0)
    kept: np.ndarray = minima[curved > 1e-3 * largest]
    return kept
