"""Covariance matrix adaptation evolution strategy (Hansen and Ostermeier 2001; active: Jastrebski and Arnold 2006).

Equations and symbols are those of Hansen 2016, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_choice, check_count, check_flag, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import filled, reflected
from src.search.cma_constants import CmaConstants, cma_constants
from src.search.cma_restarts import SCHEMES, Runs, first_runs, next_runs
from src.search.cma_state import CmaState, Distribution, is_invalid, should_restart, stagnation_window
from src.search.recombination import default_population, weighted
from src.search.selection import taken


@dataclass(frozen=True, kw_only=True)
class CmaEs(Search):
    """Points are normal around the mean; their covariance learns which directions were good, sigma how far to step.

    The strategy works in units of the box's edges. The box's faces are mirrors: the objective goes on beyond the
    faces as its own reflection, so that the distribution is never cut. The distribution's widest coordinate is at
    most one edge wide.

    A row that has grown its population asks for it in parts of N points, and adapts when all its parts are told. A
    run without a finite value is followed by one of the same population, since a larger one is no remedy.

    Attributes:
        population: points per generation of the first run N, at least 2; None for 4 + floor(3 ln D) (equation 48).
        sigma: first standard deviation around the starting point, in units of the box's edges, above 0.
        active: whether the worse half of a generation has negative weights.
        restarts: run that follows, from a uniform point of the box, when a criterion ends a row's run: ``none``,
            ``fixed`` (the same population), ``ipop`` (twice the population) or ``bipop`` (runs of twice the
            population in turn with runs of small population and small sigma).
        tolerance: difference of the last generations' values below which a row's run ends (TolFun), in units of
            the objective, above 0.
    """

    population: int | None
    sigma: float
    active: bool
    restarts: str
    tolerance: float

    def __post_init__(self) -> None:
        if self.population is not None:
            check_count(self, "population", at_least=2)
        check_number(self, "sigma", above=0)
        check_flag(self, "active")
        check_choice(self, "restarts", SCHEMES)
        check_number(self, "tolerance", above=0)

    def init(self, setup: Setup) -> CmaState:
        """State around the starting point, with C = I."""
        mean = ((setup.start - setup.lower) / setup.width)[:, None, :]
        runs = first_runs(setup.rows)
        history = stagnation_window(setup.dimension, self._count(setup))
        rows = _started(mean, setup.per_row(self, "sigma"), history, runs, torch.zeros_like(runs.size))
        return CmaState(setup, rows, steps=mean, told=(), waiting=torch.zeros_like(runs.size))

    def _count(self, setup: Setup) -> int:
        return self.population or default_population(setup.dimension)

    def ask(self, state: CmaState, draws: Draws) -> tuple[Tensor, CmaState]:
        """Points (R, N, D) around the mean, reflected into the box."""
        rows = state.rows
        steps = draws.normal("steps", self._count(state.setup), state.setup.dimension).to(rows.mean.dtype)
        y = (steps * rows.D) @ rows.B_T  # equations 38 and 39
        points = filled(state.setup, rows.mean + rows.sigma * y)  # equation 40
        return reflected(points, state.setup), replace(state, steps=steps)

    def tell(
        self, state: CmaState, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> CmaState:
        """Adapt the rows whose generation is full, and start the next run of those that have ended."""
        setup, before = state.setup, state.rows
        means = draws.uniform("restarts", 1, setup.dimension).to(before.mean.dtype)
        uniform = draws.uniform("runs", 2)
        sigma = setup.per_row(self, "sigma")
        told, waiting = (*state.told, (state.steps, values)), state.waiting + 1
        after = replace(before, runs=replace(before.runs, taken=before.runs.taken + 1))
        # Rows of one population are adapted as one batch: numbers of rows that are padded would be rounded otherwise.
        full = waiting == before.runs.size
        for size in sorted(set(before.runs.size[full].tolist())):
            index = (full & (before.runs.size == size)).nonzero()[:, 0]
            steps, generation = (torch.cat(parts, dim=1)[index] for parts in zip(*told[-size:], strict=True))
            part = self._generation(after.at(index), steps, generation, means[index], sigma[index], uniform[index])
            after = after.with_rows(index, part)
        waiting = waiting.where(~full, 0)
        return replace(state, rows=after, told=told[len(told) - int(waiting.max()) :], waiting=waiting)

    def _generation(
        self, rows: Distribution, steps: Tensor, values: Tensor, means: Tensor, sigma: Tensor, uniform: Tensor
    ) -> Distribution:
        """Move the mean, adapt sigma and C, restart the rows that have ended, and decompose C once per period."""
        count, dimension = steps.shape[1:]
        constants = cma_constants(dimension, count, active=self.active)
        rows = _adapted(rows, steps, values, constants)
        ended = is_invalid(rows)
        if self.restarts != "none":
            over = rows.runs.taken >= rows.runs.limit
            ended = ended | over | should_restart(rows, values, self.tolerance)
        index = ended.nonzero()[:, 0]
        if len(index) > 0:
            hopeless = values.isinf().all(dim=1)
            rows = rows.with_rows(
                index, self._restarted(rows.at(index), hopeless[index], means[index], sigma[index], uniform[index])
            )
        due = (rows.age[:, 0, 0] % constants.period == 0).nonzero()[:, 0]
        return rows.with_rows(due, _decomposed(rows.at(due)))

    def _restarted(
        self, rows: Distribution, hopeless: Tensor, means: Tensor, sigma: Tensor, uniform: Tensor
    ) -> Distribution:
        """Next run of each of ``rows``; where ``hopeless`` (R,), the last population and first sigma once more."""
        runs = next_runs(rows.runs, self.restarts, uniform).where(~hopeless, next_runs(rows.runs, "fixed", uniform))
        first_sigma = (sigma * runs.shrinkage.to(sigma.dtype)[:, None, None]).where(
            ~hopeless[:, None, None], rows.first_sigma
        )
        return _started(means, first_sigma, rows.history.shape[1], runs, rows.restarts + 1)


def _started(mean: Tensor, sigma: Tensor, history: int, runs: Runs, restarts: Tensor) -> Distribution:
    """Rows at the start of a run around ``mean`` (R, 1, D), with a history of so many generations."""
    count, _, dimension = mean.shape
    identity = torch.eye(dimension, dtype=mean.dtype).expand(count, -1, -1)
    return Distribution(
        mean=mean,
        first_sigma=sigma,
        sigma=sigma,
        p_sigma=torch.zeros_like(mean),
        p_c=torch.zeros_like(mean),
        C=identity,
        B_T=identity,
        D=torch.ones_like(mean),
        age=mean.new_zeros(count, 1, 1),
        history=mean.new_full((count, history), math.inf),
        restarts=restarts,
        runs=runs,
    )


def _adapted(rows: Distribution, steps: Tensor, values: Tensor, constants: CmaConstants) -> Distribution:
    dimension = steps.shape[2]
    mu_eff, chi_n = constants.mu_eff, constants.chi_n
    c_sigma, d_sigma, c_c, c_1, c_mu = (
        constants.c_sigma, constants.d_sigma, constants.c_c, constants.c_1, constants.c_mu
    )  # fmt: skip
    weights = constants.weights.to(rows.mean.dtype)
    order = values.argsort(dim=1, stable=True)
    z = taken(steps, order)
    y = (z * rows.D) @ rows.B_T
    whitened = weighted(z, weights.clamp_min(0)) @ rows.B_T  # C^(-1/2) <y>
    step = weighted(y, weights.clamp_min(0))  # equation 41
    p_sigma = (1 - c_sigma) * rows.p_sigma + math.sqrt(c_sigma * (2 - c_sigma) * mu_eff) * whitened  # equation 43
    length = p_sigma.norm(dim=2, keepdim=True) / chi_n
    sigma = rows.sigma * (c_sigma / d_sigma * (length - 1)).exp()  # equation 44
    age = rows.age + 1
    # The path p_c stalls while p_sigma is long: sigma grows by itself then.
    bound = (1.4 + 2 / (dimension + 1)) * (1 - (1 - c_sigma) ** (2 * (age + 1))).sqrt()
    h_sigma = (length < bound).to(length.dtype)
    p_c = (1 - c_c) * rows.p_c + h_sigma * math.sqrt(c_c * (2 - c_c) * mu_eff) * step  # equation 45
    # Equation 46: a bad step counts for its direction and not for its length.
    counted = weights[:, None].where(
        weights[:, None] >= 0, weights[:, None] * dimension / z.square().sum(dim=2, keepdim=True)
    )
    decay = 1 + c_1 * (c_c * (2 - c_c)) * (1 - h_sigma) - c_1 - c_mu * float(weights.sum())
    covariance = (
        decay * rows.C + c_1 * p_c.transpose(1, 2) * p_c + c_mu * (counted * y).transpose(1, 2) @ y
    )  # equation 47
    widest = covariance.diagonal(dim1=1, dim2=2).amax(dim=1)[:, None, None].sqrt()
    return replace(
        rows,
        mean=rows.mean + rows.sigma * step,  # equation 42
        sigma=sigma.minimum(1 / widest),
        p_sigma=p_sigma,
        p_c=p_c,
        C=(covariance + covariance.transpose(1, 2)) / 2,
        age=age,
        history=torch.cat([rows.history[:, 1:], values.amin(dim=1, keepdim=True)], dim=1),
    )


def _decomposed(rows: Distribution) -> Distribution:
    eigenvalues, eigenvectors = torch.linalg.eigh(rows.C)
    tiny = torch.finfo(eigenvalues.dtype).tiny
    return replace(
        rows, B_T=eigenvectors.transpose(1, 2).contiguous(), D=eigenvalues.clamp_min(tiny).sqrt()[:, None, :]
    )
