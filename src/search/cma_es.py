"""Covariance matrix adaptation evolution strategy (Hansen and Ostermeier 2001; active: Jastrebski and Arnold 2006).

Equations are those of Hansen 2016, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_count, check_flag, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import filled, reflected
from src.search.cma_constants import CmaConstants, cma_constants
from src.search.cma_state import CmaState, broken, exhausted, remembered
from src.search.recombination import default_population, weighted
from src.search.selection import taken


@dataclass(frozen=True, kw_only=True)
class CmaEs(Search):
    """Points are normal around the mean; their covariance learns which directions were good, sigma how far to step.

    It works in units of the box's edges. The box's faces are mirrors: the objective goes on beyond them as its own
    reflection, so that the distribution is never cut; its widest coordinate is at most one edge wide.

    Attributes:
        population: points of a generation N, at least 2; None for 4 + floor(3 ln D) (equation 48).
        sigma: first standard deviation around the starting point, in units of the box's edges, above 0.
        active: whether the worse half of a generation counts too, negatively.
        restarts: whether a row that has come to its end starts anew at a uniform point of the box.
        tolerance: how little the values of the last generations may differ before a row has come to its end
            (TolFun), in units of the objective, above 0.
    """

    population: int | None
    sigma: float
    active: bool
    restarts: bool
    tolerance: float

    def __post_init__(self) -> None:
        if self.population is not None:
            check_count(self, "population", at_least=2)
        check_number(self, "sigma", above=0)
        check_flag(self, "active")
        check_flag(self, "restarts")
        check_number(self, "tolerance", above=0)

    def init(self, setup: Setup) -> CmaState:
        """Around the starting point, C = I."""
        rows, dimension = setup.rows, setup.dimension
        mean = ((setup.start - setup.lower) / setup.width)[:, None, :]
        round_ = torch.eye(dimension, dtype=mean.dtype).expand(rows, -1, -1)
        return CmaState(
            setup=setup,
            mean=mean,
            sigma=setup.of(self, "sigma"),
            sigma_path=torch.zeros_like(mean),
            path=torch.zeros_like(mean),
            covariance=round_,
            axes=round_,
            lengths=torch.ones_like(mean),
            steps=mean,
            age=mean.new_zeros(rows, 1, 1),
            history=mean.new_full((rows, remembered(dimension, self._count(setup))), math.inf),
            restarts=torch.zeros(rows, dtype=torch.int64),
            generations=0,
        )

    def _count(self, setup: Setup) -> int:
        return self.population or default_population(setup.dimension)

    def ask(self, state: CmaState, draws: Draws) -> tuple[Tensor, CmaState]:
        """Points (R, N, D) around the mean, reflected into the box."""
        steps = draws.normal("steps", self._count(state.setup), state.setup.dimension).to(state.mean.dtype)
        stretched = (steps * state.lengths) @ state.axes.transpose(1, 2)  # equations 38 and 39
        points = filled(state.setup, state.mean + state.sigma * stretched)  # equation 40
        return reflected(points, state.setup), replace(state, steps=steps)

    def tell(
        self, state: CmaState, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> CmaState:
        """Move the mean, adapt sigma and C, decompose C when it is time, and start rows anew that have ended."""
        count, dimension = state.steps.shape[1:]
        constants = cma_constants(dimension, count, active=self.active)
        told = _adapted(state, values, constants)
        told = self._started_anew(told, values, draws.uniform("restarts", 1, dimension))
        return _decomposed(told) if told.generations % constants.period == 0 else told

    def _started_anew(self, state: CmaState, values: Tensor, uniform: Tensor) -> CmaState:
        ended = broken(state)
        if self.restarts:
            ended = ended | exhausted(state, values, state.setup.of(self, "sigma"), self.tolerance)
        fresh, at = replace(self.init(state.setup), mean=uniform.to(state.mean.dtype)), ended[:, None, None]
        names = ("mean", "sigma", "sigma_path", "path", "covariance", "axes", "lengths", "age")
        anew = {name: getattr(fresh, name).where(at, getattr(state, name)) for name in names}
        history = fresh.history.where(ended[:, None], state.history)
        return replace(state, **anew, history=history, restarts=state.restarts + ended)


def _adapted(state: CmaState, values: Tensor, of: CmaConstants) -> CmaState:
    dimension = state.steps.shape[2]
    weights = of.weights.to(state.mean.dtype)
    order = values.argsort(dim=1, stable=True)
    z = taken(state.steps, order)
    y = (z * state.lengths) @ state.axes.transpose(1, 2)
    whitened = weighted(z, weights.clamp_min(0)) @ state.axes.transpose(1, 2)  # C^(-1/2) <y>
    step = weighted(y, weights.clamp_min(0))  # equation 41
    kept = of.path_memory
    sigma_path = (1 - kept) * state.sigma_path + math.sqrt(kept * (2 - kept) * of.mass) * whitened  # equation 43
    length = sigma_path.norm(dim=2, keepdim=True) / of.norm
    sigma = state.sigma * (kept / of.damping * (length - 1)).exp()  # equation 44
    age = state.age + 1
    # The path p_c stalls while p_sigma is long: sigma grows by itself then.
    bound = (1.4 + 2 / (dimension + 1)) * (1 - (1 - kept) ** (2 * (age + 1))).sqrt()
    steady = (length < bound).to(length.dtype)  # h_sigma
    pace = of.rank_one_memory * (2 - of.rank_one_memory)
    path = (1 - of.rank_one_memory) * state.path + steady * math.sqrt(pace * of.mass) * step  # equation 45
    # Equation 46: a bad step counts for its direction and not for its length.
    counted = weights[:, None].where(
        weights[:, None] >= 0, weights[:, None] * dimension / z.square().sum(dim=2, keepdim=True)
    )
    decay = 1 + of.rank_one * pace * (1 - steady) - of.rank_one - of.rank_mu * float(weights.sum())
    covariance = (
        decay * state.covariance
        + of.rank_one * path.transpose(1, 2) * path
        + of.rank_mu * (counted * y).transpose(1, 2) @ y
    )  # equation 47
    widest = covariance.diagonal(dim1=1, dim2=2).amax(dim=1)[:, None, None].sqrt()
    return replace(
        state,
        mean=state.mean + state.sigma * step,  # equation 42
        sigma=sigma.minimum(1 / widest),
        sigma_path=sigma_path,
        path=path,
        covariance=(covariance + covariance.transpose(1, 2)) / 2,
        age=age,
        history=torch.cat([state.history[:, 1:], values.amin(dim=1, keepdim=True)], dim=1),
        generations=state.generations + 1,
    )


def _decomposed(state: CmaState) -> CmaState:
    eigenvalues, axes = torch.linalg.eigh(state.covariance)
    tiny = torch.finfo(eigenvalues.dtype).tiny
    return replace(state, axes=axes, lengths=eigenvalues.clamp_min(tiny).sqrt()[:, None, :])
