"""Elitist evolution strategy, (mu + lambda), with a fixed step size (Schwefel 1977; row R51)."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_choice, check_count, check_number, field_error
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import clipped, filled
from src.search.selection import best, taken
from src.search.step_size import UNITS, step_sizes


@dataclass(frozen=True)
class Elite:
    """Best points so far.

    Attributes:
        setup: setup that the search started from.
        points: parents, best first, shape (R, E, D); empty before the first generation was told.
        values: values of the parents, shape (R, E).
        sigma: standard deviation of a child around its parent, in coordinates, shape (R, 1, D).
    """

    setup: Setup
    points: Tensor
    values: Tensor
    sigma: Tensor


@dataclass(frozen=True, kw_only=True)
class ElitistEvolutionStrategy(Search):
    """The best points ever seen are the parents; a child is a normal step from one of them, chosen at random.

    The first generation fills the box. Parents are not evaluated again.

    Attributes:
        population: number of parents and children together, above ``elites``.
        elites: number of parents E, at least 1.
        sigma: standard deviation of a child around its parent, in ``unit``, above 0.
        unit: ``box`` (shares of the box's edges) or ``absolute`` (coordinates, as in row R51).
    """

    population: int
    elites: int
    sigma: float
    unit: str

    def __post_init__(self) -> None:
        check_count(self, "population", at_least=2)
        check_count(self, "elites")
        if self.elites >= self.population:
            raise field_error(self, "elites", self.elites, f"below population = {self.population}")
        check_number(self, "sigma", above=0)
        check_choice(self, "unit", UNITS)

    def init(self, setup: Setup) -> Elite:
        """State without parents."""
        none = setup.start[:, None, :].expand(-1, 0, -1)
        return Elite(setup, none, setup.start.new_empty(setup.rows, 0), step_sizes(self, setup))

    def ask(self, state: Elite, draws: Draws) -> tuple[Tensor, Elite]:
        """A first generation (R, N, D) that fills the box; later, children (R, N - elites, D)."""
        setup = state.setup
        if state.points.shape[1] == 0:
            return filled(setup, draws.uniform("first", self.population, setup.dimension)), state
        children = self.population - self.elites
        parents = taken(state.points, (draws.uniform("parents", children) * self.elites).long())
        return clipped(parents + state.sigma * draws.normal("steps", children, setup.dimension), setup), state

    def tell(self, state: Elite, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Elite:
        """Make the best of parents and children the next parents."""
        points = torch.cat([state.points, points], dim=1)
        values = torch.cat([state.values, values], dim=1)
        points, values = best(points, values, self.elites)
        return replace(state, points=points, values=values)
