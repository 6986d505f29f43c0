"""The contracts of gradient-free methods: ask and tell over many replicates at once, or a library's solver."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from src.core.draws import Draws
from src.core.problem import Domain

# A NamedTuple or frozen dataclass whose tensors all lead with R.
State = Any


class BudgetSpent(Exception):  # noqa: N818 (the end of the budget is no error)
    """Raised by an objective when there are no evaluations left; a solver lets it pass."""


@dataclass(frozen=True)
class Setup:
    """What a search starts from.

    Attributes:
        start: a point of each row to search from, shape (R, D); methods that fill the box do not read it.
        lower: lower edge of the box, shape (D,).
        upper: upper edge of the box, shape (D,).
        budget: evaluations that a row may spend.
        settings: values (R,) that replace a field of the method, row by row: many settings in one batch.
    """

    start: Tensor
    lower: Tensor
    upper: Tensor
    budget: int
    settings: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Replicates R."""
        return self.start.shape[0]

    @property
    def dimension(self) -> int:
        """Coordinates D."""
        return self.start.shape[1]

    @property
    def width(self) -> Tensor:
        """Length of the box's edges, shape (D,)."""
        return self.upper - self.lower

    def of(self, method: object, name: str) -> Tensor:
        """Each row's value of the method's field ``name``, shape (R, 1, 1), to go with points (R, N, D)."""
        value = self.settings.get(name)
        if value is None:
            return torch.full((self.rows, 1, 1), float(getattr(method, name)), dtype=self.start.dtype)
        return value.to(self.start.dtype)[:, None, None]


class SearchMethod:
    """What ``conf/search/`` holds: a method by ask and tell (``Search``), or a library's (``Solver``)."""

    @property
    def needs_gradient(self) -> bool:
        """Whether each evaluation is of the value *and* its gradient; a study says what that costs."""
        return False

    @property
    def domain(self) -> Domain:
        """``box`` for real coordinates, ``bits`` for coordinates that are 0 or 1."""
        return "box"


class Search(SearchMethod, ABC):
    """Ask for points, tell their values. Subclasses are frozen dataclasses whose fields are the hyperparameters.

    Rows are replicates and never influence each other; every row asks for as many points. Nothing is mutated, no
    ``.item()``, no Python ``if`` on tensors. Randomness comes from ``draws``, a stream for each name. Points lie in
    the box. The engine keeps the best point; a method need not.
    """

    @abstractmethod
    def init(self, setup: Setup) -> State:
        """State before the first generation."""

    @abstractmethod
    def ask(self, state: State, draws: Draws) -> tuple[Tensor, State]:
        """Points to evaluate, shape (R, N, D), and the new state. N may differ between generations."""

    @abstractmethod
    def tell(self, state: State, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> State:
        """Learn from a generation.

        Args:
            state: what ``ask`` returned.
            points: what ``ask`` returned, shape (R, N, D).
            values: their objective, shape (R, N); lower is better, and inf stands for NaN.
            gradients: shape (R, N, D) when ``needs_gradient``, else None.
            draws: the streams.
        """


class Objective(ABC):
    """What a solver minimizes; counts evaluations and keeps the best."""

    @property
    @abstractmethod
    def remaining(self) -> int:
        """Evaluations that are left."""

    @abstractmethod
    def __call__(self, point: np.ndarray) -> float:
        """Value at ``point`` (D,). Raises BudgetSpent when none is left."""

    @abstractmethod
    def many(self, points: np.ndarray) -> np.ndarray:
        """Values (N,) at ``points`` (N, D). Raises BudgetSpent once those that are left have been evaluated."""

    @abstractmethod
    def with_gradient(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        """Value and gradient (D,) at ``point`` (D,), for one evaluation. Raises BudgetSpent when none is left."""


class Solver(SearchMethod, ABC):
    """A library's method, which calls the objective by itself, one replicate at a time."""

    @abstractmethod
    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Minimize until the method ends or BudgetSpent is raised; ``setup`` has one row."""
