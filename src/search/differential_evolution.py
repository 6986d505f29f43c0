"""Differential evolution (Storn and Price 1997, Journal of Global Optimization 11)."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_choice, check_count, check_number, field_error
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import filled, reflected
from src.search.selection import others, taken

STRATEGIES = ("rand", "best", "current_to_best")


def default_population(dimension: int) -> int:
    """Points per generation: 12 + 4 D up to 60, and 2 D from 30 coordinates on.

    Few points converge sooner where there are few coordinates. Chosen on ``benchmarks.searches.rotated.TUNING``.
    """
    return min(12 + 4 * dimension, max(60, 2 * dimension))


@dataclass(frozen=True)
class Vectors:
    """Points of the generation (R, N, D), their values (R, N), and each row's settings (R, 1, 1)."""

    setup: Setup
    points: Tensor
    values: Tensor
    weight: Tensor
    dither: Tensor
    crossover: Tensor


@dataclass(frozen=True, kw_only=True)
class DifferentialEvolution(Search):
    """Adds differences of points to points, so that the step size is the population's spread.

    A trial that leaves the box is reflected back into it. All trials of a generation are made from the same parents.

    Attributes:
        population: points per generation N, at least 4; None for ``default_population``.
        strategy: point that one difference is added to: ``rand`` (a random point), ``best`` (the best point) or
            ``current_to_best`` (the parent, moved towards the best point).
        weight: factor F on differences, above 0, at most 2.
        dither: F of each generation is uniform between weight - dither and weight + dither, from 0 to below 1; at
            most the weight.
        crossover: probability CR that a coordinate is taken from the mutant, from 0 to 1; at least one coordinate is
            (binomial crossover).
    """

    population: int | None
    strategy: str
    weight: float
    dither: float
    crossover: float

    def __post_init__(self) -> None:
        if self.population is not None:
            check_count(self, "population", at_least=4)
        check_choice(self, "strategy", STRATEGIES)
        check_number(self, "weight", above=0, at_most=2)
        check_number(self, "dither", at_least=0, below=1)
        if self.dither > self.weight:
            raise field_error(self, "dither", self.dither, f"at most the weight, {self.weight}")
        check_number(self, "crossover", at_least=0, at_most=1)

    def init(self, setup: Setup) -> Vectors:
        """State without points."""
        return Vectors(
            setup=setup,
            points=setup.start[:, None, :].expand(-1, 0, -1),
            values=setup.start.new_empty(setup.rows, 0),
            weight=setup.per_row(self, "weight"),
            dither=setup.per_row(self, "dither"),
            crossover=setup.per_row(self, "crossover"),
        )

    def ask(self, state: Vectors, draws: Draws) -> tuple[Tensor, Vectors]:
        """A first generation that fills the box; later, one trial per parent: shape (R, N, D)."""
        setup = state.setup
        count = self.population or default_population(setup.dimension)
        if state.points.shape[1] == 0:
            return filled(setup, draws.uniform("first", count, setup.dimension)), state
        weight = state.weight + state.dither * (2 * draws.uniform("dither", 1, 1) - 1).to(state.weight.dtype)
        mutants = self._mutants(state, weight, draws.uniform("chosen", count, 3))
        crossed = draws.uniform("crossed", count, setup.dimension) < state.crossover
        sure = (draws.uniform("sure", count, 1) * setup.dimension).long()
        crossed = crossed.scatter(2, sure, torch.ones_like(sure, dtype=torch.bool))
        return reflected(torch.where(crossed, mutants, state.points), setup), state

    def _mutants(self, state: Vectors, weight: Tensor, uniform: Tensor) -> Tensor:
        first, second, third = (taken(state.points, index) for index in others(uniform).unbind(2))
        lowest = taken(state.points, state.values.argmin(dim=1, keepdim=True))
        if self.strategy == "rand":
            return first + weight * (second - third)
        if self.strategy == "best":
            return lowest + weight * (first - second)
        return state.points + weight * (lowest - state.points + first - second)

    def tell(self, state: Vectors, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Vectors:
        """Replace each parent by its trial when the trial is no worse."""
        if state.points.shape[1] == 0:
            return replace(state, points=points, values=values)
        better = values <= state.values
        return replace(
            state,
            points=points.where(better[..., None], state.points),
            values=values.where(better, state.values),
        )
