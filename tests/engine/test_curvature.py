import numpy as np
import pytest
import torch

from src.core.problem import Problem
from src.engine.curvature import hessian_product, spectrum
from src.problems.conditioned_quadratic import ConditionedQuadratic
from src.problems.data import Digits
from src.problems.mlp import Mlp
from src.problems.rosenbrock import Rosenbrock


def quadratic(condition, rotation_seed=None, dimension=9):
    box = {"lower": (-2.0,) * dimension, "upper": (2.0,) * dimension}
    return ConditionedQuadratic(
        condition=condition, rotation_seed=rotation_seed, start=None, steps=10, tolerance=1e-4, **box
    )


def rosenbrock():
    box = {"lower": (-2.0,) * 4, "upper": (2.0,) * 4}
    return Rosenbrock(dimension=4, b=100.0, start=None, steps=10, tolerance=1e-4, **box)


def network():
    digits = Digits(split=(0.6, 0.2, 0.2), split_seed=0)
    settings = {"batch_size": None, "epochs": 1, "precision": "float64", "target_loss": None}
    return Mlp(data=digits, loss="cross_entropy", widths=[64, 3, 10], activation="tanh", **settings)


def dense(problem: Problem, theta):
    def value(row):
        return problem.value(row)

    return torch.stack([torch.autograd.functional.hessian(value, row) for row in theta])


def draw(problem, rows, scale=1.0):
    drawn = np.random.default_rng(0).normal(size=(rows, problem.dimension)) * scale
    return torch.from_numpy(drawn)


@pytest.mark.parametrize("make", [lambda: quadratic(1e3), lambda: quadratic(1e3, 0), rosenbrock])
def test_the_spectrum_is_that_of_the_dense_hessian(make):
    problem = make()
    theta = draw(problem, 3)
    values, vectors = torch.linalg.eigh(dense(problem, theta))
    ends = spectrum(problem, theta, products=problem.dimension)
    torch.testing.assert_close(ends.largest, values[:, -1], rtol=1e-9, atol=0)
    torch.testing.assert_close(ends.smallest, values[:, 0], rtol=1e-6, atol=1e-9)
    alignment = (ends.stiffest * vectors[:, :, -1]).sum(-1).abs()
    torch.testing.assert_close(alignment, torch.ones(3, dtype=torch.float64), rtol=1e-9, atol=0)


@pytest.mark.parametrize("rotation_seed", [None, 3])
@pytest.mark.parametrize("condition", [1.0, 10.0, 1e4])
def test_the_condition_number_is_the_one_asked_for(condition, rotation_seed):
    problem = quadratic(condition, rotation_seed)
    ends = spectrum(problem, draw(problem, 2), products=9)
    assert ends.condition.tolist() == pytest.approx([condition] * 2, rel=1e-6)


def test_a_networks_sharpness_takes_far_fewer_products_than_parameters():
    problem = network()
    theta = draw(problem, 2, 0.3)
    exact = torch.linalg.eigvalsh(dense(problem, theta))
    ends = spectrum(problem, theta, products=30)
    assert problem.dimension == 235
    torch.testing.assert_close(ends.largest, exact[:, -1], rtol=1e-4, atol=0)
    assert torch.isinf(ends.condition).tolist() == (ends.smallest <= 0).tolist()


def test_a_product_is_the_dense_hessian_times_the_vector():
    problem = rosenbrock()
    theta, vector = draw(problem, 3), draw(problem, 3) + 1
    expected = (dense(problem, theta) @ vector.unsqueeze(-1)).squeeze(-1)
    torch.testing.assert_close(hessian_product(problem, theta, vector), expected, rtol=1e-12, atol=1e-9)
    assert not theta.requires_grad


def test_a_row_does_not_feel_the_others():
    problem = quadratic(100.0, 1)
    theta = draw(problem, 4)
    alone = hessian_product(problem, theta[1:2], theta[2:3])
    assert hessian_product(problem, theta, theta[[3, 2, 1, 0]])[1:2].equal(alone)
