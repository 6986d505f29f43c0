"""Genetic algorithm with real coordinates (Holland 1975; Wright 1991)."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_choice, check_count, check_number, field_error
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import clipped, filled
from src.search.crossover import CROSSOVERS
from src.search.mutation import MUTATIONS
from src.search.selection import best, taken, tournament


@dataclass(frozen=True)
class Population:
    """Parents of the next generation.

    Attributes:
        setup: setup that the search started from.
        points: parents, best first, shape (R, N, D); empty before the first generation was told.
        values: values of the parents, shape (R, N).
        mutation_rate: probability that a unit is mutated, shape (R, 1, 1).
        scale: scale of a mutation in units of the box's edges, shape (R, 1, 1).
    """

    setup: Setup
    points: Tensor
    values: Tensor
    mutation_rate: Tensor
    scale: Tensor


@dataclass(frozen=True, kw_only=True)
class Genetic(Search):
    """Tournaments choose parents, crossover mixes two, mutation moves the child, and the elite survives (row R53).

    Attributes:
        population: points per generation N, at least 2.
        elites: number of best points that survive unchanged and are not evaluated again, below N.
        tournament: number of entrants of a tournament, drawn without replacement, at most N; 1 selects at random.
        crossover: ``blend``, ``simulated_binary`` or ``none``.
        mutation: ``gaussian`` or ``polynomial``.
        mutation_rate: probability that a unit is mutated, from 0 to 1; None for 1 / D: one gene on average.
        mutation_unit: unit that is mutated or left: a whole ``individual``, or each ``gene`` (coordinate) by itself.
        mutation_scale: standard deviation in units of the box's edges (``gaussian``), or the spread 1 / (1 + index)
            of Deb's distribution index (``polynomial``); above 0.
    """

    population: int
    elites: int
    tournament: int
    crossover: str
    mutation: str
    mutation_rate: float | None
    mutation_unit: str
    mutation_scale: float

    def __post_init__(self) -> None:
        check_count(self, "population", at_least=2)
        check_count(self, "elites", at_least=0)
        if self.elites >= self.population:
            raise field_error(self, "elites", self.elites, f"below population = {self.population}")
        check_count(self, "tournament")
        if self.tournament > self.population:
            raise field_error(self, "tournament", self.tournament, f"at most population = {self.population}")
        check_choice(self, "crossover", CROSSOVERS)
        check_choice(self, "mutation", MUTATIONS)
        check_choice(self, "mutation_unit", ("gene", "individual"))
        if self.mutation_rate is not None:
            check_number(self, "mutation_rate", at_least=0, at_most=1)
        elif self.mutation_unit != "gene":
            raise field_error(
                self, "mutation_rate", self.mutation_rate, "a number where individuals are mutated whole"
            )
        check_number(self, "mutation_scale", above=0)

    def init(self, setup: Setup) -> Population:
        """State without parents."""
        method = replace(self, mutation_rate=1 / setup.dimension) if self.mutation_rate is None else self
        return Population(
            setup=setup,
            points=setup.start[:, None, :].expand(-1, 0, -1),
            values=setup.start.new_empty(setup.rows, 0),
            mutation_rate=setup.per_row(method, "mutation_rate"),
            scale=setup.per_row(self, "mutation_scale"),
        )

    def ask(self, state: Population, draws: Draws) -> tuple[Tensor, Population]:
        """A first generation (R, N, D) that fills the box; later, the brood (R, N - elites, D)."""
        setup = state.setup
        if state.points.shape[1] == 0:
            return filled(setup, draws.uniform("first", self.population, setup.dimension)), state
        brood = self.population - self.elites
        pairs = -(-brood // 2)
        winners = tournament(state.values, draws.uniform("tournament", 2 * pairs, self.tournament))
        mothers, fathers = taken(state.points, winners).chunk(2, dim=1)
        mixing = draws.uniform("crossover", pairs, setup.dimension)
        children = torch.cat(CROSSOVERS[self.crossover](mothers, fathers, mixing), dim=1)[:, :brood]
        return clipped(self._mutated(children, state, draws), setup), state

    def _mutated(self, children: Tensor, state: Population, draws: Draws) -> Tensor:
        _, count, dimension = children.shape
        genes = dimension if self.mutation_unit == "gene" else 1
        hit = draws.uniform("mutated", count, genes) < state.mutation_rate
        step = MUTATIONS[self.mutation](children, state.setup, state.scale, draws)
        return torch.where(hit, children + step, children)

    def tell(
        self, state: Population, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> Population:
        """Make the elite and the brood the next parents."""
        points = torch.cat([state.points[:, : self.elites], points], dim=1)
        values = torch.cat([state.values[:, : self.elites], values], dim=1)
        points, values = best(points, values, points.shape[1])
        return replace(state, points=points, values=values)
