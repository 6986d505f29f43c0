"""Gradient descent and L-BFGS-B as searches: known steps, and restarts that happen when they should."""

from dataclasses import replace

import pytest
import torch

from src.core.draws import Draws
from src.core.search import Setup
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.problems.quadratic import Quadratic
from src.problems.rastrigin import Rastrigin
from src.search.gradient_descent import GradientDescent
from src.search.scipy_lbfgs_restarts import ScipyLbfgsRestarts

BOX = {"lower": (-5.0, -5.0), "upper": (5.0, 5.0), "start": None, "steps": 1, "tolerance": 1e-8}
BOWL = Quadratic(curvatures=(1.0, 2.0), **BOX)
WAVES = Rastrigin(dimension=2, **BOX)
METHOD = GradientDescent(learning_rate=0.1, restarts=False, least_step=1e-8, patience=50)
START = torch.tensor([[4.0, -3.0], [2.0, 2.0]], dtype=torch.float64)


def search(problem, method, budget, settings=None):
    lower, upper = problem.box()
    run = SearchLoop(problem=problem, method=method, lower=lower, upper=upper, budget=budget)
    return run.run(START, seeds(len(START)), settings)


def after_telling(method, gradients, values=None):
    lower, upper = BOWL.box()
    draws = Draws(seeds(2))
    points, state = method.ask(method.init(Setup(START, lower, upper, 100)), draws)
    values = torch.ones(2, 1, dtype=torch.float64) if values is None else values
    return method.tell(state, points, values, gradients, draws)


def test_a_bowl_is_descended_at_the_known_rate():
    """Gradient (2 x, 4 y) at rate 0.1: x shrinks by 0.8 a step, y by 0.6."""
    best = search(BOWL, METHOD, 6).best
    steps = torch.arange(6, dtype=torch.float64)
    x, y = START[:, :1] * 0.8**steps, START[:, 1:] * 0.6**steps
    torch.testing.assert_close(best, x.square() + 2 * y.square(), rtol=1e-12, atol=0)


def test_a_step_ends_at_the_face_of_the_box():
    gradients = torch.tensor([[[-1e3, 0.0]], [[0.0, 1e3]]], dtype=torch.float64)
    assert after_telling(METHOD, gradients).point[:, 0].tolist() == [[5.0, -3.0], [2.0, -5.0]]


def test_rows_may_have_their_own_rates():
    rates = torch.tensor([0.01, 0.2], dtype=torch.float64)
    together = search(BOWL, METHOD, 20, {"learning_rate": rates})
    for k, rate in enumerate(rates.tolist()):
        assert torch.equal(together.best[k::2], search(BOWL, replace(METHOD, learning_rate=rate), 20).best)


def test_a_row_at_a_flat_point_restarts_and_its_neighbour_does_not():
    gradients = torch.zeros(2, 1, 2, dtype=torch.float64)
    gradients[1] = 1.0
    state = after_telling(replace(METHOD, restarts=True), gradients)
    assert state.restarts.flatten().tolist() == [1, 0]
    assert state.lowest.flatten().tolist() == [torch.inf, 1.0]
    assert not torch.equal(state.point[0, 0], START[0])
    assert torch.equal(state.point[1, 0], START[1] - 0.1)
    assert torch.equal(after_telling(METHOD, gradients).point[0, 0], START[0])


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_a_gradient_that_is_not_finite_moves_no_one_out_of_the_box(bad):
    gradients = torch.full((2, 1, 2), bad, dtype=torch.float64)
    assert torch.equal(after_telling(METHOD, gradients).point[:, 0], START)
    assert after_telling(replace(METHOD, restarts=True), gradients).restarts.flatten().tolist() == [1, 1]


def test_a_row_that_gains_nothing_is_given_its_patience():
    method, draws = replace(METHOD, restarts=True, patience=4), Draws(seeds(2))
    lower, upper = BOWL.box()
    state, counts = method.init(Setup(START, lower, upper, 100)), []
    for _ in range(6):
        points, state = method.ask(state, draws)
        ones = torch.ones(2, 1, dtype=torch.float64)
        state = method.tell(state, points, ones, 1e-3 * torch.ones_like(points), draws)
        counts.append(int(state.restarts[0]))
    assert counts == [0, 0, 0, 0, 1, 1]  # the first value is a gain


@pytest.mark.parametrize(
    "method",
    [
        GradientDescent(learning_rate=0.002, restarts=True, least_step=1e-6, patience=50),
        ScipyLbfgsRestarts(memory=10, tolerance=1e-8),
    ],
    ids=["gradient", "lbfgs"],
)
def test_restarts_leave_a_local_minimum(method):
    once = search(WAVES, replace(METHOD, learning_rate=0.002), 4000).best[:, -1]
    again = search(WAVES, method, 4000).best[:, -1]
    assert (once > 7).all()
    assert (again < 2).all()


def test_lbfgs_solves_a_bowl_in_a_few_evaluations():
    result = search(BOWL, ScipyLbfgsRestarts(memory=10, tolerance=1e-8), 12)
    assert (result.best[:, -1] < 1e-12).all()
    assert (result.used == 12).all()
    assert not result.failures
