"""Laws of every problem in ``conf/problem``: free leading axes, right gradients, no changed argument."""

import numpy as np
import pytest
import registry
import torch
from descents import DIFFERENTIABLE, LANDSCAPES, WITHOUT_GRADIENT, double, points

from src.core.checks import FieldError
from src.core.problem import Problem

every_problem = pytest.mark.parametrize("name", registry.names("problem"))
every_gradient = pytest.mark.parametrize("name", DIFFERENTIABLE)
every_landscape = pytest.mark.parametrize("name", [*LANDSCAPES, *WITHOUT_GRADIENT])


def batches(problem, rows, samples=8):
    """Sample indices (rows, samples), or None twice over for a problem without data."""
    if not problem.size:
        return [None]
    drawn = np.random.default_rng(3).integers(0, problem.size, (rows, samples))
    return [None, torch.from_numpy(drawn)]


@every_problem
def test_leading_axes_are_free(name):
    problem = registry.shared("problem", name)
    theta = points(problem, 6)
    for batch in batches(problem, 6):
        flat = problem.value(theta, batch)
        folded = problem.value(theta.reshape(2, 3, -1), None if batch is None else batch.reshape(2, 3, -1))
        assert (flat.shape, flat.dtype) == ((6,), problem.dtype)
        assert folded.equal(flat.reshape(2, 3))
        single = problem.value(theta[4], None if batch is None else batch[4])
        assert single.shape == ()
        torch.testing.assert_close(single, flat[4])


@every_gradient
def test_the_gradient_is_autograds(name):
    problem = double(name)
    theta = points(problem, 5)
    for batch in batches(problem, 5):
        value, gradient = problem.gradient(theta, batch)
        by_autograd = Problem.gradient(problem, theta, batch)
        assert gradient.shape == theta.shape
        assert not value.requires_grad
        assert not gradient.requires_grad
        torch.testing.assert_close(value, problem.value(theta, batch).detach(), rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(value, by_autograd[0], rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(gradient, by_autograd[1], rtol=1e-10, atol=1e-10)


@every_gradient
def test_the_gradient_is_the_slope_of_the_value(name):
    """Central differences along a random direction; their error is about h^2, and rounding over h."""
    problem, h = double(name), 1e-6
    theta = points(problem, 5)
    way = torch.from_numpy(np.random.default_rng(5).normal(size=theta.shape))
    way = way / torch.linalg.vector_norm(way, dim=-1, keepdim=True)
    for batch in batches(problem, 5):
        value, gradient = problem.gradient(theta, batch)
        slope = (problem.value(theta + h * way, batch) - problem.value(theta - h * way, batch)) / (2 * h)
        tolerance = 1e-6 + 1e-9 * float(value.abs().max())
        torch.testing.assert_close((gradient * way).sum(-1), slope.detach(), rtol=1e-5, atol=tolerance)


@every_problem
def test_a_row_does_not_feel_the_others(name):
    problem = registry.shared("problem", name)
    theta = points(problem, 4)
    changed = theta.clone()
    changed[2] = 1 - theta[2] if problem.domain == "bits" else 3 * theta[2] + 1
    others = [0, 1, 3]
    for batch in batches(problem, 4):
        assert problem.value(theta, batch)[others].equal(problem.value(changed, batch)[others])


@every_gradient
def test_nor_does_its_gradient(name):
    problem = registry.shared("problem", name)
    theta = points(problem, 4)
    changed = theta.clone()
    changed[2] = 3 * theta[2] + 1
    others = [0, 1, 3]
    for batch in batches(problem, 4):
        (value, gradient), (again, moved) = problem.gradient(theta, batch), problem.gradient(changed, batch)
        assert value[others].equal(again[others])
        assert gradient[others].equal(moved[others])
        assert not gradient[2].equal(moved[2])


@every_problem
def test_nothing_that_is_handed_over_is_changed(name):
    problem = registry.shared("problem", name)
    theta = points(problem, 4)
    for batch in batches(problem, 4):
        handed = [theta] if batch is None else [theta, batch]
        before = [(tensor.clone(), tensor._version) for tensor in handed]
        problem.value(theta, batch)
        if problem.is_differentiable:
            problem.gradient(theta, batch)
        problem.evaluate(theta)
        problem.assess(theta)
        assert not theta.requires_grad
        for tensor, (copy, version) in zip(handed, before, strict=True):
            assert tensor.equal(copy)
            assert tensor._version == version


@every_problem
def test_metrics_have_one_number_a_row_and_name_what_methods_are_judged_by(name):
    problem = registry.shared("problem", name)
    theta = points(problem, 4)
    metrics = problem.evaluate(theta)
    judged = metrics | problem.assess(theta) | {"loss": problem.value(theta)}
    assert {problem.tuning_metric, problem.test_metric} <= set(judged)
    assert problem.tuning_metric in metrics | {"loss": None}  # tuning may not look at what is assessed
    assert all(value.shape == (4,) and value.isfinite().all() for value in judged.values())
    if "train_loss" in metrics:
        torch.testing.assert_close(metrics["train_loss"], problem.value(theta))


@every_problem
def test_a_problem_says_where_it_comes_from_and_what_it_takes(name):
    problem = registry.shared("problem", name)
    assert problem.dimension == points(problem, 1).shape[1] >= 1
    assert problem.steps >= 1
    assert problem.target is None or np.isfinite(problem.target)
    assert problem.batch_size is None or 1 <= problem.batch_size <= problem.size


@every_landscape
def test_a_known_minimum_is_reached_where_it_is_said_to_be_and_nowhere_beaten(name):
    problem = registry.shared("problem", name)
    minimum = problem.minimum
    if minimum is None:
        assert problem.target is None
        return
    minima = torch.tensor(minimum.points, dtype=problem.dtype).reshape(-1, problem.dimension)
    assert minima.shape[1:] == (problem.dimension,)
    assert problem.value(minima).tolist() == pytest.approx([minimum.value] * len(minima), rel=1e-9, abs=2e-10)
    slack = 1e-9 * abs(minimum.value) + 1e-12
    assert problem.value(points(problem, 20_000)).min().item() >= minimum.value - slack
    if hasattr(problem, "box"):
        lower, upper = problem.box()
        assert ((minima >= lower) & (minima <= upper)).all()


@every_landscape
def test_a_landscape_says_where_its_formula_comes_from(name):
    assert registry.shared("problem", name).source


@pytest.mark.parametrize("name", WITHOUT_GRADIENT)
def test_what_has_no_gradient_refuses_to_give_one(name):
    problem = registry.shared("problem", name)
    with pytest.raises(FieldError):
        problem.gradient(points(problem, 2))
