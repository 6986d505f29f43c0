"""Latin hypercube search: random search that covers each coordinate evenly (McKay, Beckman and Conover 1979)."""

from dataclasses import dataclass

from torch import Tensor

from src.core.checks import check_count
from src.core.draws import Draws
from src.core.search import Search, Setup, State
from src.search.box import filled


@dataclass(frozen=True, kw_only=True)
class LatinHypercubeSearch(Search):
    """Every N points hold one in each of N equal slices of every coordinate.

    Attributes:
        population: points N of a hypercube; the last one is cut where the budget ends.
    """

    population: int

    def __post_init__(self) -> None:
        check_count(self, "population")

    def init(self, setup: Setup) -> State:
        """The box is all there is to remember."""
        return setup

    def ask(self, state: State, draws: Draws) -> tuple[Tensor, State]:
        """A fresh hypercube, shape (R, N, D)."""
        shape = (self.population, state.dimension)
        slices = draws.uniform("slices", *shape).argsort(dim=1)
        return filled(state, (slices + draws.uniform("places", *shape)) / self.population), state

    def tell(self, state: State, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> State:
        """Nothing is learned."""
        return state
