"""Evolution strategy with weighted recombination and a fixed step size (Rechenberg 1973; row R50)."""

from dataclasses import dataclass, replace

from torch import Tensor

from src.core.checks import check_choice, check_count, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import clipped
from src.search.recombination import half_weights, weighted
from src.search.selection import best
from src.search.step_size import UNITS, step_sizes


@dataclass(frozen=True)
class Mean:
    """Distribution of each row's next generation.

    Attributes:
        setup: setup that the search started from.
        mean: center of the next generation, shape (R, 1, D).
        sigma: standard deviation of the next generation's points, in coordinates, shape (R, 1, D).
    """

    setup: Setup
    mean: Tensor
    sigma: Tensor


@dataclass(frozen=True, kw_only=True)
class EvolutionStrategy(Search):
    """Each generation is normal around the mean; the better half, weighted by rank, makes the next mean.

    The steps never shrink, so the mean comes no nearer to a minimum than about ``sigma``. Points are clipped to the
    box.

    Attributes:
        population: points per generation N, at least 2.
        sigma: standard deviation of the points around the mean, in ``unit``, above 0.
        unit: ``box`` (shares of the box's edges) or ``absolute`` (coordinates, as in row R50).
    """

    population: int
    sigma: float
    unit: str

    def __post_init__(self) -> None:
        check_count(self, "population", at_least=2)
        check_number(self, "sigma", above=0)
        check_choice(self, "unit", UNITS)

    def init(self, setup: Setup) -> Mean:
        """State whose mean is the starting point."""
        return Mean(setup, setup.start[:, None, :], step_sizes(self, setup))

    def ask(self, state: Mean, draws: Draws) -> tuple[Tensor, Mean]:
        """Points (R, N, D) around the mean."""
        noise = draws.normal("points", self.population, state.setup.dimension)
        return clipped(state.mean + state.sigma * noise, state.setup), state

    def tell(self, state: Mean, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Mean:
        """Make the weighted better half the next mean."""
        ranked, _ = best(points, values, self.population)
        return replace(state, mean=weighted(ranked, half_weights(self.population)))
