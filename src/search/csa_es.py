"""Evolution strategy with cumulative step-size adaptation (Ostermeier et al. 1994; Hansen and Ostermeier 2001).

Equations are those of Hansen 2016, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772, with C = I.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_count, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import filled, reflected
from src.search.recombination import default_population, effective, expected_norm, weighted
from src.search.selection import best


@dataclass(frozen=True)
class Path:
    """Where a row stands, in units of the box's edges from its lower corner.

    Attributes:
        setup: what the search started from.
        mean: center of the next generation, shape (R, 1, D); it may lie in a mirror image of the box.
        sigma: standard deviation of its points, shape (R, 1, 1).
        path: the evolution path p_sigma, shape (R, 1, D).
        steps: the normal steps z that were asked last, shape (R, N, D).
    """

    setup: Setup
    mean: Tensor
    sigma: Tensor
    path: Tensor
    steps: Tensor


@dataclass(frozen=True, kw_only=True)
class CumulativeStepSize(Search):
    """Steps that keep going the same way lengthen sigma, steps that turn back shorten it; the shape stays round.

    The box's faces are mirrors: the objective goes on beyond them as its own reflection, and the strategy searches
    the whole space. Sigma is at most one edge.

    Attributes:
        population: points of a generation N, at least 2; None for 4 + floor(3 ln D).
        sigma: first standard deviation around the starting point, in units of the box's edges, above 0.
    """

    population: int | None
    sigma: float

    def __post_init__(self) -> None:
        if self.population is not None:
            check_count(self, "population", at_least=2)
        check_number(self, "sigma", above=0)

    def init(self, setup: Setup) -> Path:
        """The mean is the starting point."""
        mean = ((setup.start - setup.lower) / setup.width)[:, None, :]
        sigma = setup.of(self, "sigma").clamp_max(1)
        return Path(setup, mean, sigma, torch.zeros_like(mean), mean)

    def ask(self, state: Path, draws: Draws) -> tuple[Tensor, Path]:
        """Points (R, N, D) around the mean, reflected into the box."""
        dimension = state.setup.dimension
        count = self.population or default_population(dimension)
        steps = draws.normal("steps", count, dimension).to(state.mean.dtype)
        points = filled(state.setup, state.mean + state.sigma * steps)
        return reflected(points, state.setup), replace(state, steps=steps)

    def tell(self, state: Path, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Path:
        """Move the mean, lengthen the path, adapt sigma."""
        count, dimension = state.steps.shape[1:]
        weights = positive_weights(count).to(state.mean.dtype)
        mass = effective(weights)
        memory = (mass + 2) / (dimension + mass + 5)  # equation 55
        damping = 1 + 2 * max(0.0, math.sqrt((mass - 1) / (dimension + 1)) - 1) + memory
        ranked, _ = best(state.steps, values, count)
        step = weighted(ranked, weights)  # equation 41
        path = (1 - memory) * state.path + math.sqrt(memory * (2 - memory) * mass) * step  # equation 43
        length = path.norm(dim=2, keepdim=True) / expected_norm(dimension)
        sigma = state.sigma * (memory / damping * (length - 1)).exp()  # equation 44
        return replace(state, mean=state.mean + state.sigma * step, sigma=sigma.clamp_max(1), path=path)


def positive_weights(population: int) -> Tensor:
    """Hansen 2016, equations 49 and 53 without the negative ones: ln((N + 1) / 2) - ln(rank) over their sum, (N,)."""
    ranks = torch.arange(1, population + 1, dtype=torch.float64)
    weights = (math.log((population + 1) / 2) - ranks.log()).clamp_min(0)
    return weights / weights.sum()
