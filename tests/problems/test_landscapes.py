"""Every landscape: its minimum, its gradient and its leading axes, over the yamls that describe it."""

import importlib
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
import torch
import yaml

from src.core.problem import Problem

CONF = Path(__file__).parents[2] / "conf" / "problem"
# Value and point of the minimum, with the digits that the rows print.
ROWS = {
    "sines": (-0.794582, (-1.30644, 0), 1e-6, 1e-5),
    "convex_parabola": (0, (0,), 0, 0),
    "wavy_parabola": (-0.794582, (-1.30644,), 1e-6, 1e-5),
    "bowl": (0, (0, 0), 0, 0),
    "parabola": (0, (0,), 0, 0),
    "narrow_valley": (0, (0, 0), 0, 0),
    "rosenbrock": (0, (1, 1), 0, 0),
    "rosenbrock_steep": (0, (1, 1), 0, 0),
    "rosenbrock_4d": (0, (1, 1, 1, 1), 0, 0),
    "stretched_bowl": (0, (0, 0), 0, 0),
    "rastrigin": (0, (0, 0), 0, 0),
    "ackley": (0, (0, 0), 0, 0),
    "eggholder": (-959.6407, (512, 404.2319), 1e-4, 1e-4),
    "five_wells": (-1.0000, (0, 0), 1e-4, 0),
    "basins": (-0.990257, (-0.31167, 0), 1e-6, 1e-5),
    "ripple": (-0.891838, (-0.14260, 0), 1e-6, 1e-5),
    "uneven_saddle": (-1051.59, (-5, -5), 1e-2, 0),
    "relu_valley": (0.42273, (0.0789**0.5, 0.0789**0.5), 1e-5, 1e-4),
}
ON_THE_EDGE = {"eggholder", "uneven_saddle"}
names = pytest.mark.parametrize("name", sorted(ROWS))


def load(name, **changes):
    fields = yaml.safe_load((CONF / f"{name}.yaml").read_text()) | changes
    module, target = fields.pop("_target_").rsplit(".", 1)
    return getattr(importlib.import_module(module), target)(**fields)


def points(problem, count=200):
    lower, upper = (edge.numpy() for edge in problem.box())
    return torch.from_numpy(np.random.default_rng(7).uniform(lower, upper, (count, problem.dimension)))


@names
def test_the_minimum_has_the_digits_of_its_row(name):
    minimum = load(name).minimum
    value, point, value_digits, point_digits = ROWS[name]
    assert minimum.value == pytest.approx(value, abs=value_digits, rel=0)
    assert minimum.points[0] == pytest.approx(point, abs=point_digits, rel=0)


@names
def test_the_value_at_every_stated_point_is_the_minimum(name):
    problem = load(name)
    values = problem.value(torch.tensor(problem.minimum.points, dtype=torch.float64))
    assert values.tolist() == pytest.approx([problem.minimum.value] * len(values), rel=1e-14, abs=2e-10)
    assert values[0].item() == pytest.approx(problem.minimum.value, rel=1e-15, abs=0)


@pytest.mark.parametrize("name", sorted(set(ROWS) - ON_THE_EDGE))
def test_the_gradient_vanishes_at_an_interior_minimum(name):
    problem = load(name)
    _, gradient = problem.gradient(torch.tensor(problem.minimum.points, dtype=torch.float64))
    assert gradient.abs().max() < 1e-9


@pytest.mark.parametrize("name", sorted(ON_THE_EDGE))
def test_the_gradient_points_inward_at_a_minimum_on_the_edge(name):
    problem = load(name)
    theta = torch.tensor(problem.minimum.points, dtype=torch.float64)
    _, gradient = problem.gradient(theta)
    lower, upper = problem.box()
    at_edge = (theta == lower) | (theta == upper)
    assert at_edge.any(-1).all()
    assert (gradient * theta.sign())[at_edge].max() < -1e-3
    assert (gradient[~at_edge].abs() < 1e-9).all()


@names
def test_no_search_of_the_box_beats_the_minimum(name):
    problem = load(name)
    lower, upper = (edge.numpy() for edge in problem.box())
    per_side = {1: 4001, 2: 201, 4: 13}[problem.dimension]
    axes = [np.linspace(low, high, per_side) for low, high in zip(lower, upper, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, problem.dimension)
    values = problem.value(torch.from_numpy(grid)).numpy()

    def objective(point):
        value, gradient = problem.gradient(torch.from_numpy(point))
        return value.item(), gradient.numpy()

    best = np.inf
    for start in grid[np.argsort(values)[:6]]:
        found = scipy.optimize.minimize(
            objective,
            start,
            jac=True,
            bounds=list(zip(lower, upper, strict=True)),
            options={"ftol": 0, "gtol": 1e-12},
        )
        best = min(best, found.fun)
    slack = 1e-12 * max(1, abs(problem.minimum.value))
    assert values.min() >= problem.minimum.value - slack
    # Not below, and reached: a minimum that is stated too low fails as well as one that is stated too high.
    assert best == pytest.approx(problem.minimum.value, rel=0, abs=1e-6 if name == "ackley" else 1e-9)
    assert best >= problem.minimum.value - slack


@names
def test_the_written_gradient_is_autograds(name):
    problem = load(name)
    theta = points(problem)
    value, gradient = problem.gradient(theta)
    auto_value, auto_gradient = Problem.gradient(problem, theta)
    torch.testing.assert_close(value, auto_value, rtol=1e-13, atol=1e-13)
    torch.testing.assert_close(gradient, auto_gradient, rtol=1e-12, atol=1e-12)


@names
def test_leading_axes_are_free_and_rows_are_alone(name):
    problem = load(name)
    theta = points(problem, 24)
    value, gradient = problem.gradient(theta)
    assert value.dtype == torch.float64
    assert problem.value(theta.reshape(2, 3, 4, -1)).equal(value.reshape(2, 3, 4))
    assert problem.gradient(theta.reshape(4, 6, -1))[1].equal(gradient.reshape(4, 6, -1))
    assert problem.value(theta[5]).equal(value[5])
    assert all(problem.gradient(theta[row : row + 1])[1].equal(gradient[row : row + 1]) for row in range(24))


@names
def test_the_target_is_the_tolerance_above_the_minimum(name):
    problem = load(name)
    assert problem.target == problem.minimum.value + problem.tolerance


@pytest.mark.parametrize("name", ["rastrigin", "ackley", "rosenbrock"])
@pytest.mark.parametrize("dimension", [3, 10])
def test_a_formula_for_any_dimension_keeps_its_minimum(name, dimension):
    box = {"lower": [-2.0] * dimension, "upper": [2.0] * dimension, "start": None}
    problem = load(name, dimension=dimension, **box)
    theta = torch.tensor(problem.minimum.points, dtype=torch.float64)
    assert theta.shape == (1, dimension)
    assert problem.value(theta).item() == 0
    assert problem.value(theta + 0.1).item() > 0.1
