"""Differential evolution (Storn and Price 1997, Journal of Global Optimization 11)."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_choice, check_count, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import filled, reflected
from src.search.selection import others, taken

STRATEGIES = ("rand", "best", "current_to_best")
FEWEST = 40  # points of a generation where their number is left to the dimension


@dataclass(frozen=True)
class Vectors:
    """The generation: points (R, N, D), their values (R, N), and F and CR of each row (R, 1, 1)."""

    setup: Setup
    points: Tensor
    values: Tensor
    weight: Tensor
    crossover: Tensor


@dataclass(frozen=True, kw_only=True)
class DifferentialEvolution(Search):
    """Adds differences of points to points: the population's own spread is the step.

    A trial that leaves the box is reflected back into it. All trials of a generation are made from the same parents.

    Attributes:
        population: points of a generation N, at least 4; None for 2 D, and at least 40.
        strategy: what the differences are added to: ``rand`` (a random point), ``best`` (the best one) or
            ``current_to_best`` (the parent, moved towards the best one); each with one difference and binomial
            crossover.
        weight: factor F on differences, above 0, at most 2.
        crossover: probability CR that a coordinate is taken from the mutant, from 0 to 1; one always is.
    """

    population: int | None
    strategy: str
    weight: float
    crossover: float

    def __post_init__(self) -> None:
        if self.population is not None:
            check_count(self, "population", at_least=4)
        check_choice(self, "strategy", STRATEGIES)
        check_number(self, "weight", above=0, at_most=2)
        check_number(self, "crossover", at_least=0, at_most=1)

    def init(self, setup: Setup) -> Vectors:
        """No points yet."""
        return Vectors(
            setup=setup,
            points=setup.start[:, None, :].expand(-1, 0, -1),
            values=setup.start.new_empty(setup.rows, 0),
            weight=setup.of(self, "weight"),
            crossover=setup.of(self, "crossover"),
        )

    def ask(self, state: Vectors, draws: Draws) -> tuple[Tensor, Vectors]:
        """The first generation fills the box; later ones are trials, one a parent: shape (R, N, D)."""
        setup = state.setup
        count = self.population or max(FEWEST, 2 * setup.dimension)
        if state.points.shape[1] == 0:
            return filled(setup, draws.uniform("first", count, setup.dimension)), state
        mutants = self._mutants(state, draws.uniform("chosen", count, 3))
        crossed = draws.uniform("crossed", count, setup.dimension) < state.crossover
        sure = (draws.uniform("sure", count, 1) * setup.dimension).long()
        crossed = crossed.scatter(2, sure, torch.ones_like(sure, dtype=torch.bool))
        return reflected(torch.where(crossed, mutants, state.points), setup), state

    def _mutants(self, state: Vectors, uniform: Tensor) -> Tensor:
        first, second, third = (taken(state.points, index) for index in others(uniform).unbind(2))
        lowest = taken(state.points, state.values.argmin(dim=1, keepdim=True))
        if self.strategy == "rand":
            return first + state.weight * (second - third)
        if self.strategy == "best":
            return lowest + state.weight * (first - second)
        return state.points + state.weight * (lowest - state.points + first - second)

    def tell(self, state: Vectors, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Vectors:
        """A trial takes its parent's place when it is no worse."""
        if state.points.shape[1] == 0:
            return replace(state, points=points, values=values)
        better = values <= state.values
        return replace(
            state,
            points=points.where(better[..., None], state.points),
            values=values.where(better, state.values),
        )
