"""Latin hypercube search: random search that covers each coordinate evenly (McKay, Beckman and Conover 1979)."""

from dataclasses import dataclass

from torch import Tensor

from src.core.checks import check_count
from src.core.draws import Draws
from src.core.search import Search, SearchState, Setup
from src.search.box import filled


@dataclass(frozen=True, kw_only=True)
class LatinHypercubeSearch(Search):
    """Each hypercube of N points has one point in each of N equal slices of every coordinate.

    Attributes:
        population: number of points N of a hypercube; the last hypercube is cut where the budget ends.
    """

    population: int

    def __post_init__(self) -> None:
        check_count(self, "population")

    def init(self, setup: Setup) -> SearchState:
        """State that holds only the box."""
        return setup

    def ask(self, state: SearchState, draws: Draws) -> tuple[Tensor, SearchState]:
        """A new hypercube, shape (R, N, D)."""
        shape = (self.population, state.dimension)
        slices = draws.uniform("slices", *shape).argsort(dim=1)
        return filled(state, (slices + draws.uniform("places", *shape)) / self.population), state

    def tell(
        self, state: SearchState, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> SearchState:
        """Learn nothing."""
        return state
