"""Random search: points uniform in the box (Rastrigin 1963; Bergstra and Bengio 2012)."""

from dataclasses import dataclass

from torch import Tensor

from src.core.checks import check_count
from src.core.draws import Draws
from src.core.search import Search, Setup, State
from src.search.box import filled


@dataclass(frozen=True, kw_only=True)
class RandomSearch(Search):
    """The least that any method must do better than.

    Attributes:
        population: points asked for at a time; it changes the speed and nothing else.
    """

    population: int

    def __post_init__(self) -> None:
        check_count(self, "population")

    def init(self, setup: Setup) -> State:
        """The box is all there is to remember."""
        return setup

    def ask(self, state: State, draws: Draws) -> tuple[Tensor, State]:
        """Points (R, N, D), independent of all that was told."""
        return filled(state, draws.uniform("points", self.population, state.dimension)), state

    def tell(self, state: State, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> State:
        """Nothing is learned."""
        return state
