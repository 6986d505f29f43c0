"""Contracts of gradient-free methods: ask and tell for many replicates at once, or a library's solver."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from src.core.draws import Draws
from src.core.problem import Domain

# A NamedTuple or frozen dataclass whose tensors all lead with R.
SearchState = Any


class BudgetSpent(Exception):  # noqa: N818 (the end of the budget is not an error)
    """Raised by an objective that has no evaluations left; a solver lets the exception pass."""


@dataclass(frozen=True)
class Setup:
    """Box, starting points and budget of a search.

    Attributes:
        start: starting point of each row, shape (R, D); methods that fill the box do not read the starting points.
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
        """Number of replicates R."""
        return self.start.shape[0]

    @property
    def dimension(self) -> int:
        """Number of coordinates D."""
        return self.start.shape[1]

    @property
    def width(self) -> Tensor:
        """Length of the box's edges, shape (D,)."""
        return self.upper - self.lower

    def per_row(self, method: object, name: str) -> Tensor:
        """Each row's value of the method's field ``name``, shape (R, 1, 1), to go with points (R, N, D)."""
        value = self.settings.get(name)
        if value is None:
            return torch.full((self.rows, 1, 1), float(getattr(method, name)), dtype=self.start.dtype)
        return value.to(self.start.dtype)[:, None, None]


class SearchMethod:
    """Base of the methods in ``conf/search/``: by ask and tell (``Search``), or a library's (``Solver``)."""

    @property
    def needs_gradient(self) -> bool:
        """Whether each evaluation takes the value *and* its gradient; a study sets what that costs."""
        return False

    @property
    def domain(self) -> Domain:
        """Domain of the points: ``box`` for real coordinates, ``bits`` for coordinates that are 0 or 1."""
        return "box"


class Search(SearchMethod, ABC):
    """A method by ask and tell. Subclasses are frozen dataclasses whose fields are the hyperparameters.

    Rows are replicates and never influence each other; every row asks for the same number of points. A row whose
    generation is larger than the others' asks for it in parts, over several asks; rows of one size may be adapted as
    one batch, as long as a row's bits do not depend on the batch. Apart from that, a subclass has no ``.item()`` and
    no Python ``if`` on tensors. It mutates nothing. Randomness comes from ``draws``, one
    stream per name. Points lie in the box. The engine keeps the best point; a method need not.
    """

    @abstractmethod
    def init(self, setup: Setup) -> SearchState:
        """State before the first generation."""

    @abstractmethod
    def ask(self, state: SearchState, draws: Draws) -> tuple[Tensor, SearchState]:
        """Points to evaluate, shape (R, N, D), and the new state; N may differ between generations."""

    @abstractmethod
    def tell(
        self, state: SearchState, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> SearchState:
        """Update the state from a generation.

        Args:
            state: state that ``ask`` returned.
            points: points that ``ask`` returned, shape (R, N, D).
            values: objective at the points, shape (R, N); lower is better, and inf stands for NaN.
            gradients: gradients at the points, shape (R, N, D), when ``needs_gradient``, else None.
            draws: random numbers, one stream per name.
        """


class Objective(ABC):
    """The objective as a solver calls it: counts evaluations and keeps the best point."""

    @property
    @abstractmethod
    def remaining(self) -> int:
        """Number of evaluations that are left."""

    @abstractmethod
    def __call__(self, point: np.ndarray) -> float:
        """Value at ``point`` (D,). Raises BudgetSpent when none is left."""

    @abstractmethod
    def many(self, points: np.ndarray) -> np.ndarray:
        """Values (N,) at ``points`` (N, D). Raises BudgetSpent after as many points as evaluations were left."""

    @abstractmethod
    def with_gradient(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        """Value and gradient (D,) at ``point`` (D,), for one evaluation. Raises BudgetSpent when none is left."""


class Solver(SearchMethod, ABC):
    """A library's method, which calls the objective by itself, one replicate at a time.

    Attributes:
        stream_name: name of the solver's random stream; empty: the name of the class. A class that is renamed keeps
            its numbers by keeping the stream's name.
    """

    stream_name: ClassVar[str] = ""

    @abstractmethod
    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Minimize until the method ends or BudgetSpent is raised; ``setup`` has one row."""
