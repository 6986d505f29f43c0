"""Random search: points uniform in the box (Rastrigin 1963; Bergstra and Bengio 2012)."""

from dataclasses import dataclass

from torch import Tensor

from src.core.checks import check_count
from src.core.draws import Draws
from src.core.search import Search, SearchState, Setup
from src.search.box import filled


@dataclass(frozen=True, kw_only=True)
class RandomSearch(Search):
    """Baseline that any method must beat.

    Attributes:
        population: number of points per generation; the population changes the speed and nothing else.
    """

    population: int

    def __post_init__(self) -> None:
        check_count(self, "population")

    def init(self, setup: Setup) -> SearchState:
        """State that holds only the box."""
        return setup

    def ask(self, state: SearchState, draws: Draws) -> tuple[Tensor, SearchState]:
        """Points (R, N, D), independent of all earlier values."""
        return filled(state, draws.uniform("points", self.population, state.dimension)), state

    def tell(
        self, state: SearchState, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> SearchState:
        """Learn nothing."""
        return state
