"""Covariance matrix adaptation evolution strategy (Hansen and Ostermeier 2001; active: Jastrebski and Arnold 2006).

Equations and symbols are those of Hansen 2016, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772.
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
from src.search.cma_state import CmaState, is_invalid, should_restart, stagnation_window
from src.search.recombination import default_population, weighted
from src.search.selection import taken


@dataclass(frozen=True, kw_only=True)
class CmaEs(Search):
    """Points are normal around the mean; their covariance learns which directions were good, sigma how far to step.

    The strategy works in units of the box's edges. The box's faces are mirrors: the objective goes on beyond the
    faces as its own reflection, so that the distribution is never cut. The distribution's widest coordinate is at
    most one edge wide.

    Attributes:
        population: points per generation N, at least 2; None for 4 + floor(3 ln D) (equation 48).
        sigma: first standard deviation around the starting point, in units of the box's edges, above 0.
        active: whether the worse half of a generation has negative weights.
        restarts: whether a row restarts at a uniform point of the box when a criterion ends its search.
        tolerance: difference of the last generations' values below which a row's search ends (TolFun), in units of
            the objective, above 0.
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
        """State around the starting point, with C = I."""
        rows, dimension = setup.rows, setup.dimension
        mean = ((setup.start - setup.lower) / setup.width)[:, None, :]
        identity = torch.eye(dimension, dtype=mean.dtype).expand(rows, -1, -1)
        return CmaState(
            setup=setup,
            mean=mean,
            sigma=setup.per_row(self, "sigma"),
            p_sigma=torch.zeros_like(mean),
            p_c=torch.zeros_like(mean),
            C=identity,
            B=identity,
            D=torch.ones_like(mean),
            steps=mean,
            age=mean.new_zeros(rows, 1, 1),
            history=mean.new_full((rows, stagnation_window(dimension, self._count(setup))), math.inf),
            restarts=torch.zeros(rows, dtype=torch.int64),
            generations=0,
        )

    def _count(self, setup: Setup) -> int:
        return self.population or default_population(setup.dimension)

    def ask(self, state: CmaState, draws: Draws) -> tuple[Tensor, CmaState]:
        """Points (R, N, D) around the mean, reflected into the box."""
        steps = draws.normal("steps", self._count(state.setup), state.setup.dimension).to(state.mean.dtype)
        y = (steps * state.D) @ state.B.transpose(1, 2)  # equations 38 and 39
        points = filled(state.setup, state.mean + state.sigma * y)  # equation 40
        return reflected(points, state.setup), replace(state, steps=steps)

    def tell(
        self, state: CmaState, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> CmaState:
        """Move the mean, adapt sigma and C, restart the rows that have ended, and decompose C once per period."""
        count, dimension = state.steps.shape[1:]
        constants = cma_constants(dimension, count, active=self.active)
        state = _adapted(state, values, constants)
        state = self._restarted(state, values, draws.uniform("restarts", 1, dimension))
        return _decomposed(state) if state.generations % constants.period == 0 else state

    def _restarted(self, state: CmaState, values: Tensor, uniform: Tensor) -> CmaState:
        ended = is_invalid(state)
        if self.restarts:
            ended = ended | should_restart(state, values, state.setup.per_row(self, "sigma"), self.tolerance)
        fresh = replace(self.init(state.setup), mean=uniform.to(state.mean.dtype))
        names = ("mean", "sigma", "p_sigma", "p_c", "C", "B", "D", "age")
        fields = {name: getattr(fresh, name).where(ended[:, None, None], getattr(state, name)) for name in names}
        history = fresh.history.where(ended[:, None], state.history)
        return replace(state, **fields, history=history, restarts=state.restarts + ended)


def _adapted(state: CmaState, values: Tensor, constants: CmaConstants) -> CmaState:
    dimension = state.steps.shape[2]
    mu_eff, chi_n = constants.mu_eff, constants.chi_n
    c_sigma, d_sigma, c_c, c_1, c_mu = (
        constants.c_sigma, constants.d_sigma, constants.c_c, constants.c_1, constants.c_mu
    )  # fmt: skip
    weights = constants.weights.to(state.mean.dtype)
    order = values.argsort(dim=1, stable=True)
    z = taken(state.steps, order)
    y = (z * state.D) @ state.B.transpose(1, 2)
    whitened = weighted(z, weights.clamp_min(0)) @ state.B.transpose(1, 2)  # C^(-1/2) <y>
    step = weighted(y, weights.clamp_min(0))  # equation 41
    p_sigma = (1 - c_sigma) * state.p_sigma + math.sqrt(c_sigma * (2 - c_sigma) * mu_eff) * whitened  # equation 43
    length = p_sigma.norm(dim=2, keepdim=True) / chi_n
    sigma = state.sigma * (c_sigma / d_sigma * (length - 1)).exp()  # equation 44
    age = state.age + 1
    # The path p_c stalls while p_sigma is long: sigma grows by itself then.
    bound = (1.4 + 2 / (dimension + 1)) * (1 - (1 - c_sigma) ** (2 * (age + 1))).sqrt()
    h_sigma = (length < bound).to(length.dtype)
    p_c = (1 - c_c) * state.p_c + h_sigma * math.sqrt(c_c * (2 - c_c) * mu_eff) * step  # equation 45
    # Equation 46: a bad step counts for its direction and not for its length.
    counted = weights[:, None].where(
        weights[:, None] >= 0, weights[:, None] * dimension / z.square().sum(dim=2, keepdim=True)
    )
    decay = 1 + c_1 * (c_c * (2 - c_c)) * (1 - h_sigma) - c_1 - c_mu * float(weights.sum())
    covariance = (
        decay * state.C + c_1 * p_c.transpose(1, 2) * p_c + c_mu * (counted * y).transpose(1, 2) @ y
    )  # equation 47
    widest = covariance.diagonal(dim1=1, dim2=2).amax(dim=1)[:, None, None].sqrt()
    return replace(
        state,
        mean=state.mean + state.sigma * step,  # equation 42
        sigma=sigma.minimum(1 / widest),
        p_sigma=p_sigma,
        p_c=p_c,
        C=(covariance + covariance.transpose(1, 2)) / 2,
        age=age,
        history=torch.cat([state.history[:, 1:], values.amin(dim=1, keepdim=True)], dim=1),
        generations=state.generations + 1,
    )


def _decomposed(state: CmaState) -> CmaState:
    eigenvalues, eigenvectors = torch.linalg.eigh(state.C)
    tiny = torch.finfo(eigenvalues.dtype).tiny
    return replace(state, B=eigenvectors, D=eigenvalues.clamp_min(tiny).sqrt()[:, None, :])
