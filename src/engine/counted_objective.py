"""A problem as a library calls it: points (D,) in, numbers out, and no more evaluations than the budget."""

import numpy as np
import torch
from torch import Tensor

from src.core.problem import Problem
from src.core.search import BudgetSpent, Objective


class CountedObjective(Objective):
    """Counts the evaluations of one replicate and keeps its best point.

    Args:
        problem: problem to minimize.
        lower: lower edge of the box, shape (D,).
        upper: upper edge of the box, shape (D,).
        budget: number of evaluations E.
        noise: standard deviation of the noise on the values that the solver sees, and of the independent noise on
            each coordinate of its gradients.
        generator: random stream of the noise.
    """

    def __init__(
        self,
        problem: Problem,
        lower: Tensor,
        upper: Tensor,
        budget: int,
        noise: float,
        generator: np.random.Generator,
    ) -> None:
        self._problem = problem
        self._lower, self._upper = lower.numpy(), upper.numpy()
        self._budget = budget
        self._noise = noise
        self._generator = generator
        self._used = 0
        self._values = np.full(budget, np.inf)
        self.point = np.full(len(self._lower), np.nan)

    @property
    def remaining(self) -> int:
        """Number of evaluations that are left."""
        return self._budget - self._used

    @property
    def best(self) -> np.ndarray:
        """Best true value after each evaluation, shape (E,); after an early end the last best value is repeated."""
        return np.minimum.accumulate(self._values)

    def __call__(self, point: np.ndarray) -> float:
        """Value at ``point`` (D,)."""
        return float(self.many(np.asarray(point, dtype=float)[None])[0])

    def many(self, points: np.ndarray) -> np.ndarray:
        """Values (N,) at ``points`` (N, D)."""
        affordable = self._affordable(points)
        true = self._problem.value(torch.tensor(affordable, dtype=self._problem.dtype)).double().numpy()
        return self._observe(points, affordable, true)

    def with_gradient(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        """Value and gradient (D,) at ``point`` (D,)."""
        points = self._affordable(np.asarray(point, dtype=float)[None])
        true, gradient = self._problem.gradient(torch.tensor(points, dtype=self._problem.dtype))
        value = self._observe(points, points, true.double().numpy())
        slope = gradient[0].double().numpy().copy()
        if self._noise:
            slope = slope + self._noise * self._generator.standard_normal(len(slope))
        return float(value[0]), slope

    def _affordable(self, points: np.ndarray) -> np.ndarray:
        """Those of ``points`` (N, D) that the budget has room for. Raises BudgetSpent when it has room for none."""
        if self.remaining == 0:
            raise BudgetSpent
        return np.array(points[: self.remaining], dtype=float)

    def _observe(self, asked: np.ndarray, points: np.ndarray, true: np.ndarray) -> np.ndarray:
        """Record the true values of ``points``, and return the values that the solver sees."""
        true = np.where(np.isfinite(true), true, np.inf)
        slack = 1e-9 * (self._upper - self._lower)
        inside = ((points >= self._lower - slack) & (points <= self._upper + slack)).all(axis=1)
        counted = np.where(inside, true, np.inf)  # a point outside the box is never the best
        before = self._values[: self._used].min(initial=np.inf)
        self._values[self._used : self._used + len(points)] = counted
        self._used += len(points)
        if counted.min() < before:
            self.point = points[int(counted.argmin())].copy()
        if len(points) < len(asked):
            raise BudgetSpent
        if self._noise:
            true = true + self._noise * self._generator.standard_normal(len(true))
        return true
