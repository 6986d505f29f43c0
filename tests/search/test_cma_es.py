"""CMA-ES against the tutorial's equations written for one row, against the library, and its restarts."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks.search_evaluations import landscape, rivals, spent
from benchmarks.searches.quality import errors
from benchmarks.searches.rotated import rotated
from src.core.draws import Draws
from src.core.search import Setup
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.search.cma_constants import cma_constants
from src.search.cma_es import CmaEs
from src.search.cma_restarts import UNLIMITED, Runs, first_runs, next_runs
from src.search.cma_state import stagnation_window, tolfun_window

METHOD = CmaEs(population=None, sigma=0.3, active=True, restarts="none", tolerance=1e-12)


def setup(rows, dimension, edge=1.0):
    lower = torch.zeros(dimension, dtype=torch.float64)
    start = torch.full((rows, dimension), 0.5, dtype=torch.float64)
    return Setup(start, lower, lower + edge, 1000)


def test_the_constants_of_table_1():
    """By hand for D = 2, N = 6; the negative weights sum to minus the least of equations 50 to 52."""
    constants = cma_constants(2, 6, active=True)
    raw = [math.log(3.5) - math.log(rank) for rank in range(1, 7)]
    mu_eff = sum(raw[:3]) ** 2 / sum(weight**2 for weight in raw[:3])
    assert constants.mu_eff == pytest.approx(mu_eff)
    assert constants.c_1 == pytest.approx(2 / (3.3**2 + mu_eff))
    assert constants.c_mu == pytest.approx(2 * (0.25 + mu_eff + 1 / mu_eff - 2) / (16 + mu_eff))
    assert constants.c_sigma == pytest.approx((mu_eff + 2) / (7 + mu_eff))
    assert constants.d_sigma == pytest.approx(1 + constants.c_sigma)
    assert constants.c_c == pytest.approx((4 + mu_eff / 2) / (6 + mu_eff))
    assert constants.weights[:3].sum() == pytest.approx(1)
    negative_mu_eff = sum(raw[3:]) ** 2 / sum(weight**2 for weight in raw[3:])
    least = min(
        1 + constants.c_1 / constants.c_mu,
        1 + 2 * negative_mu_eff / (mu_eff + 2),
        (1 - constants.c_1 - constants.c_mu) / (2 * constants.c_mu),
    )
    assert constants.weights[3:].sum() == pytest.approx(-least)
    assert (cma_constants(2, 6, active=False).weights[3:] == 0).all()


def one_row(mean, sigma, steps, values, constants):
    """Equations 38 to 47 for one row in numpy: mean, sigma and C after steps y (G, N, D) with values (G, N)."""
    dimension, w, k = len(mean), constants.weights.numpy(), constants
    covariance, p_c, p_sigma = np.eye(dimension), np.zeros(dimension), np.zeros(dimension)
    for age, (asked, value) in enumerate(zip(steps, values, strict=True), start=1):
        squares, axes = np.linalg.eigh(covariance)
        inverse = axes @ np.diag(1 / np.sqrt(squares)) @ axes.T
        y = asked[np.argsort(value)]
        step = sum(w[i] * y[i] for i in range(len(y)) if w[i] > 0)
        mean = mean + sigma * step
        c = k.c_sigma
        p_sigma = (1 - c) * p_sigma + np.sqrt(c * (2 - c) * k.mu_eff) * inverse @ step
        length = np.linalg.norm(p_sigma)
        h_sigma = length / np.sqrt(1 - (1 - c) ** (2 * (age + 1))) < (1.4 + 2 / (dimension + 1)) * k.chi_n
        sigma = sigma * np.exp(c / k.d_sigma * (length / k.chi_n - 1))
        c = k.c_c
        p_c = (1 - c) * p_c + h_sigma * np.sqrt(c * (2 - c) * k.mu_eff) * step
        weight = [v if v >= 0 else v * dimension / np.sum((inverse @ y[i]) ** 2) for i, v in enumerate(w)]
        covariance = (
            (1 + k.c_1 * (1 - h_sigma) * c * (2 - c) - k.c_1 - k.c_mu * w.sum()) * covariance
            + k.c_1 * np.outer(p_c, p_c)
            + k.c_mu * sum(weight[i] * np.outer(y[i], y[i]) for i in range(len(y)))
        )
    return mean, sigma, covariance


@pytest.mark.parametrize("active", [True, False])
def test_eight_generations_equal_the_equations(active):
    method, dimension = replace(METHOD, active=active, sigma=0.02), 3  # so small that no face is met
    search_setup, draws = setup(2, dimension), Draws(seeds(2))
    state, steps, generations = method.init(search_setup), [], []
    for _ in range(8):
        points, state = method.ask(state, draws)
        values = (points - 0.2).square() @ torch.tensor([1.0, 10.0, 100.0], dtype=torch.float64)
        steps.append((state.steps * state.rows.D) @ state.rows.B_T)  # y, whatever the axes' signs
        generations.append(values)
        state = method.tell(state, points, values, None, draws)
    constants = cma_constants(dimension, 7, active=active)
    for row in range(2):
        mean, sigma, covariance = one_row(
            np.full(dimension, 0.5),
            0.02,
            [y[row].numpy() for y in steps],
            [values[row].numpy() for values in generations],
            constants,
        )
        assert state.rows.mean[row, 0].numpy() == pytest.approx(mean, rel=1e-9)
        assert float(state.rows.sigma[row]) == pytest.approx(sigma, rel=1e-9)
        assert state.rows.C[row].numpy() == pytest.approx(covariance, rel=1e-9)


def test_many_rows_are_as_one_in_twenty_dimensions():
    problem = landscape("ellipsoid", 20)
    lower, upper = problem.box()
    start = lower + (upper - lower) * torch.from_numpy(np.random.default_rng(0).random((5, 20)))
    loop = SearchLoop(problem=problem, method=METHOD, lower=lower, upper=upper, budget=1200)
    together = loop.run(start, seeds(5))
    for row, seed in enumerate(seeds(5)):
        assert torch.equal(loop.run(start[row : row + 1], [seed]).best[0], together.best[row])


@pytest.mark.parametrize(
    ("name", "dimension", "budget"),
    [("sphere", 2, 500), ("ellipsoid", 2, 1000), ("rosenbrock", 2, 1200), ("sphere", 5, 1000)],
)
def test_evaluations_to_a_target_are_the_librarys(name, dimension, budget):
    """Medians of 11 seeds here; ``benchmarks`` has 30 and more dimensions, and holds them to 20 %."""
    ours, peers = (np.median(spent(landscape(name, dimension), method, budget, 11)) for method in rivals())
    assert peers < budget
    assert ours / peers == pytest.approx(1, abs=0.3)


def flat_search(method, rows=2, generations=60, value=1.0):
    draws, state, starts = Draws(seeds(rows)), method.init(setup(rows, 2)), []
    for _ in range(generations):
        points, state = method.ask(state, draws)
        values = torch.full(points.shape[:2], value, dtype=torch.float64)
        state = method.tell(state, points, values, None, draws)
        starts.append(state.rows.restarts.clone())
    return torch.stack(starts), state.rows


def test_a_row_whose_values_are_all_alike_restarts():
    """TolFun: after as many generations as it looks back, 10 + 30 * 2 / 6; without restarts it goes on."""
    assert tolfun_window(2, 6) == 20
    assert stagnation_window(2, 6) == 130
    counts, state = flat_search(replace(METHOD, restarts="fixed"))
    assert counts[:, 0].tolist() == [(generation + 1) // 20 for generation in range(60)]
    assert (state.age == 0).all()
    assert torch.equal(state.C, torch.eye(2, dtype=torch.float64).expand(2, 2, 2))
    assert not torch.equal(state.mean[0], state.mean[1])
    assert ((state.mean >= 0) & (state.mean <= 1)).all()
    assert (flat_search(METHOD)[0] == 0).all()


def test_a_row_without_a_finite_value_restarts_at_once():
    counts, _ = flat_search(replace(METHOD, restarts="fixed"), generations=3, value=math.inf)
    assert counts[:, 1].tolist() == [1, 2, 3]


def test_a_row_without_a_finite_value_keeps_its_population():
    _, rows = flat_search(replace(METHOD, restarts="ipop"), value=math.inf)
    assert rows.runs.size.tolist() == [1, 1]
    assert rows.restarts.tolist() == [60, 60]


def test_the_population_doubles_with_each_restart():
    """Flat values end a run after TolFun's window: 20 generations of 6 points, 15 of 12, 13 of 24, 12 of 48."""
    counts, rows = flat_search(replace(METHOD, restarts="ipop"), generations=20 + 2 * 15 + 4 * 13 + 8 * 12)
    ends = (counts[:, 0].diff() > 0).nonzero()[:, 0] + 2
    assert ends.tolist() == [20, 20 + 30, 20 + 30 + 52, 20 + 30 + 52 + 96]
    assert rows.runs.size.tolist() == [16, 16]
    assert (rows.runs.taken == 0).all()


def runs(**changes):
    values = {"size": 4, "shrinkage": 1.0, "is_small": False, "taken": 90, "limit": 1000, "doublings": 2}
    values |= {"small": 50, "large": 20} | changes
    return Runs(**{name: torch.tensor([value]) for name, value in values.items()})


def numbers(state):
    return {field: getattr(state, field).tolist()[0] for field in vars(state)}


def test_small_runs_follow_until_they_have_taken_as_much_as_the_large_ones():
    """Large 20 + 90 against small 50: small, of (4 / 2)^(u^2) rounded down, sigma 10^(-2 v), half of 110 asks."""
    uniform = torch.tensor([[0.9, 0.25]]).double()
    small = numbers(next_runs(runs(doublings=4), "bipop", uniform))
    assert small["shrinkage"] == pytest.approx(10**-0.5)
    assert (small["size"], small["is_small"], small["limit"]) == (int(8**0.81), True, 55)
    assert (small["taken"], small["small"], small["large"], small["doublings"]) == (0, 50, 110, 4)
    large = numbers(next_runs(runs(is_small=True, size=1), "bipop", uniform))
    assert (large["size"], large["is_small"], large["shrinkage"], large["doublings"]) == (8, False, 1.0, 3)
    assert (large["small"], large["large"], large["limit"]) == (140, 20, UNLIMITED)


def test_the_first_run_is_followed_by_a_large_one():
    first = replace(first_runs(1), taken=torch.tensor([30]))
    for scheme in ("ipop", "bipop"):
        second = numbers(next_runs(first, scheme, torch.zeros(1, 2)))
        assert (second["size"], second["is_small"], second["doublings"]) == (2, False, 1)
    assert numbers(next_runs(first, "fixed", torch.zeros(1, 2)))["size"] == 1


def test_a_small_run_ends_at_its_limit():
    method, draws = replace(METHOD, restarts="bipop"), Draws(seeds(1))
    state = method.init(setup(1, 2))
    state = replace(state, rows=replace(state.rows, runs=replace(state.rows.runs, limit=torch.tensor([3]))))
    restarts = []
    for _ in range(3):
        points, state = method.ask(state, draws)
        state = method.tell(state, points, points.square().sum(-1), None, draws)
        restarts.append(state.rows.restarts.tolist()[0])
    assert restarts == [0, 0, 1]


@pytest.mark.parametrize("restarts", ["ipop", "bipop"])
def test_rows_of_different_populations_are_as_one_alone(restarts):
    problem = landscape("rastrigin", 3)
    lower, upper = problem.box()
    start = lower + (upper - lower) * torch.from_numpy(np.random.default_rng(0).random((4, 3)))
    method = replace(METHOD, restarts=restarts)
    loop = SearchLoop(problem=problem, method=method, lower=lower, upper=upper, budget=6000)
    together = loop.run(start, seeds(4))
    for row, seed in enumerate(seeds(4)):
        assert torch.equal(loop.run(start[row : row + 1], [seed]).best[0], together.best[row])


def test_a_grown_generation_is_that_of_the_equations():
    """Three asks of 6 points are one generation of 18."""
    method, draws = replace(METHOD, sigma=0.02), Draws(seeds(1))
    state = method.init(setup(1, 2))
    state = replace(state, rows=replace(state.rows, runs=replace(state.rows.runs, size=torch.tensor([3]))))
    steps, values = [], []
    for _ in range(3):
        assert state.rows.mean.tolist() == [[[0.5, 0.5]]]
        points, state = method.ask(state, draws)
        steps.append(state.steps[0])
        values.append((points - 0.2).square().sum(-1))
        state = method.tell(state, points, values[-1], None, draws)
    mean, sigma, covariance = one_row(
        np.full(2, 0.5),
        0.02,
        [torch.cat(steps).numpy()],
        [torch.cat(values, dim=1)[0].numpy()],
        cma_constants(2, 18, active=True),
    )
    assert state.rows.mean[0, 0].numpy() == pytest.approx(mean, rel=1e-9)
    assert float(state.rows.sigma[0]) == pytest.approx(sigma, rel=1e-9)
    assert state.rows.C[0].numpy() == pytest.approx(covariance, rel=1e-9)


def test_growing_populations_solve_what_small_ones_do_not():
    """Schaffer's F7 in 4 dimensions, 9000 evaluations: 2 of 8 against 5 of 8."""
    problem = rotated("schaffer", 4)
    solved = [
        int((errors(problem, replace(METHOD, restarts=restarts), 9000, 8)[:, -1] < 1e-6).sum())
        for restarts in ("fixed", "ipop")
    ]
    assert solved[0] <= 3
    assert solved[1] >= 5


def test_restarts_find_the_best_of_many_minima():
    """Rastrigin in 2 dimensions: one run in six ends in the best minimum, and eleven have room."""
    success = [
        np.isfinite(spent(landscape("rastrigin", 2), replace(METHOD, restarts=restarts), 8000, 20)).mean()
        for restarts in ("none", "fixed")
    ]
    assert success[0] < 0.4
    assert success[1] > 0.6
