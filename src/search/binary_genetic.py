"""Genetic algorithm on bits (Holland 1975; uniform crossover: Syswerda 1989)."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_choice, check_count, check_number, field_error
from src.core.draws import Draws
from src.core.problem import Domain
from src.core.search import Search, Setup
from src.search.selection import best, taken, tournament


@dataclass(frozen=True)
class Strings:
    """Parents (R, N, D), best first, their values (R, N), and the mutation rate (R, 1, 1)."""

    setup: Setup
    strings: Tensor
    values: Tensor
    flips: Tensor


@dataclass(frozen=True, kw_only=True)
class BinaryGenetic(Search):
    """Tournaments choose two parents, crossover mixes them, each bit is flipped rarely, and the elite survives.

    Attributes:
        population: strings per generation N, at least 2.
        elites: number of best strings that survive and are not evaluated again, below N.
        tournament: number of entrants of a tournament, drawn without replacement, at most N.
        crossover: ``uniform`` (each bit from either parent), ``one_point`` or ``none``.
        flips: expected number of flipped bits per child, at least 0.
    """

    population: int
    elites: int
    tournament: int
    crossover: str
    flips: float

    def __post_init__(self) -> None:
        check_count(self, "population", at_least=2)
        check_count(self, "elites", at_least=0)
        check_count(self, "tournament")
        if self.elites >= self.population:
            raise field_error(self, "elites", self.elites, f"below population = {self.population}")
        if self.tournament > self.population:
            raise field_error(self, "tournament", self.tournament, f"at most population = {self.population}")
        check_choice(self, "crossover", ("uniform", "one_point", "none"))
        check_number(self, "flips", at_least=0)

    @property
    def domain(self) -> Domain:
        """Strings of bits."""
        return "bits"

    def init(self, setup: Setup) -> Strings:
        """State without parents."""
        nothing = setup.start[:, None, :].expand(-1, 0, -1)
        return Strings(setup, nothing, nothing[..., 0], setup.per_row(self, "flips") / setup.dimension)

    def ask(self, state: Strings, draws: Draws) -> tuple[Tensor, Strings]:
        """Random strings (R, N, D) first, later the brood (R, N - elites, D)."""
        dimension = state.setup.dimension
        if state.strings.shape[1] == 0:
            uniform = draws.uniform("first", self.population, dimension)
            return (uniform < 0.5).to(state.strings.dtype), state
        brood = self.population - self.elites
        winners = tournament(state.values, draws.uniform("tournament", 2 * brood, self.tournament))
        mothers, fathers = taken(state.strings, winners).chunk(2, dim=1)
        children = torch.where(self._from_mother(draws, brood, dimension), mothers, fathers)
        flipped = draws.uniform("flips", brood, dimension) < state.flips
        return torch.where(flipped, 1 - children, children), state

    def _from_mother(self, draws: Draws, brood: int, dimension: int) -> Tensor:
        """Whether each bit is the mother's: shape (R, brood, D), or a shape that broadcasts to it."""
        if self.crossover == "uniform":
            return draws.uniform("crossover", brood, dimension) < 0.5
        if self.crossover == "one_point":
            return torch.arange(dimension) < 1 + (draws.uniform("crossover", brood, 1) * (dimension - 1)).long()
        return torch.ones(1, 1, 1, dtype=torch.bool)

    def tell(self, state: Strings, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Strings:
        """Make the elite and the brood the next parents."""
        strings = torch.cat([state.strings[:, : self.elites], points], dim=1)
        values = torch.cat([state.values[:, : self.elites], values], dim=1)
        strings, values = best(strings, values, strings.shape[1])
        return replace(state, strings=strings, values=values)
