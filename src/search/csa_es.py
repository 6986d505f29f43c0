"""Evolution strategy with cumulative step-size adaptation (Ostermeier et al. 1994; Hansen and Ostermeier 2001).

Equations and symbols are those of Hansen 2016, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772, with
C = I.
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
class CsaState:
    """A round normal distribution for each row, in units of the box's edges from its lower corner.

    Attributes:
        setup: setup that the search started from.
        mean: center m of the next generation, shape (R, 1, D); m may lie in a mirror image of the box.
        sigma: standard deviation of the next generation's points, shape (R, 1, 1).
        p_sigma: evolution path of sigma, shape (R, 1, D).
        steps: standard-normal z of the last points that were asked, shape (R, N, D).
    """

    setup: Setup
    mean: Tensor
    sigma: Tensor
    p_sigma: Tensor
    steps: Tensor


@dataclass(frozen=True, kw_only=True)
class CumulativeStepSize(Search):
    """Steps in the same direction increase sigma, steps that turn back decrease sigma; the covariance stays round.

    The box's faces are mirrors: the objective goes on beyond the faces as its own reflection, and the strategy
    searches the whole space. Sigma is at most one edge.

    Attributes:
        population: points per generation N, at least 2; None for 4 + floor(3 ln D).
        sigma: first standard deviation around the starting point, in units of the box's edges, above 0.
    """

    population: int | None
    sigma: float

    def __post_init__(self) -> None:
        if self.population is not None:
            check_count(self, "population", at_least=2)
        check_number(self, "sigma", above=0)

    def init(self, setup: Setup) -> CsaState:
        """State whose mean is the starting point."""
        mean = ((setup.start - setup.lower) / setup.width)[:, None, :]
        sigma = setup.per_row(self, "sigma").clamp_max(1)
        return CsaState(setup, mean, sigma, torch.zeros_like(mean), mean)

    def ask(self, state: CsaState, draws: Draws) -> tuple[Tensor, CsaState]:
        """Points (R, N, D) around the mean, reflected into the box."""
        dimension = state.setup.dimension
        count = self.population or default_population(dimension)
        steps = draws.normal("steps", count, dimension).to(state.mean.dtype)
        points = filled(state.setup, state.mean + state.sigma * steps)
        return reflected(points, state.setup), replace(state, steps=steps)

    def tell(
        self, state: CsaState, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> CsaState:
        """Move the mean, update the evolution path, adapt sigma."""
        count, dimension = state.steps.shape[1:]
        weights = positive_weights(count).to(state.mean.dtype)
        mu_eff = effective(weights)
        c_sigma = (mu_eff + 2) / (dimension + mu_eff + 5)  # equation 55
        d_sigma = 1 + 2 * max(0.0, math.sqrt((mu_eff - 1) / (dimension + 1)) - 1) + c_sigma
        ranked, _ = best(state.steps, values, count)
        step = weighted(ranked, weights)  # equation 41
        p_sigma = (1 - c_sigma) * state.p_sigma + math.sqrt(c_sigma * (2 - c_sigma) * mu_eff) * step  # equation 43
        length = p_sigma.norm(dim=2, keepdim=True) / expected_norm(dimension)
        sigma = state.sigma * (c_sigma / d_sigma * (length - 1)).exp()  # equation 44
        return replace(state, mean=state.mean + state.sigma * step, sigma=sigma.clamp_max(1), p_sigma=p_sigma)


def positive_weights(population: int) -> Tensor:
    """Positive weights of Hansen 2016, equations 49 and 53: ln((N + 1) / 2) - ln(rank) over their sum, shape (N,)."""
    ranks = torch.arange(1, population + 1, dtype=torch.float64)
    weights = (math.log((population + 1) / 2) - ranks.log()).clamp_min(0)
    return weights / weights.sum()
