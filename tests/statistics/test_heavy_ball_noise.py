"""The recursion against its stationary point, against the noiseless heavy ball, and against simulation."""

import numpy as np
import pytest

from src.statistics.heavy_ball_noise import expected_loss, loss_floor

HESSIAN, START = np.array([2.0, 0.5, 0.1]), np.array([1.0, 4.0, 9.0])


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_a_constant_rate_settles_at_the_floor(beta):
    rates = np.array([0.01, 0.1, 0.3])
    late = expected_loss(HESSIAN, START, 0.7, beta, rates, np.ones(20_000))
    np.testing.assert_allclose(late, loss_floor(HESSIAN, 0.7, beta, rates), rtol=1e-9)


def test_the_floor_of_gradient_descent_is_the_textbooks():
    """``rate sd^2 / (2 (2 - rate h))`` a coordinate, and beyond rate h = 2 none."""
    np.testing.assert_allclose(loss_floor([2.0], 1.0, 0.0, [0.1, 0.5]), [0.1 / 3.6, 0.5 / 2.0])
    assert loss_floor([2.0], 1.0, 0.0, [1.0, 1.1]).tolist() == [np.inf, np.inf]
    small = loss_floor(HESSIAN, 1.0, 0.9, [1e-6])
    np.testing.assert_allclose(small, 3 * 1e-5 / 4, rtol=1e-5)  # three coordinates at rate / (1 - beta)


def test_without_noise_it_is_the_heavy_ball():
    x, v, factors = np.sqrt(START), np.zeros(3), np.linspace(1, 0, 50)
    for factor in factors:
        v = 0.9 * v + HESSIAN * x
        x = x - 0.05 * factor * v
    found = expected_loss(HESSIAN, START, 0.0, 0.9, [0.05], factors)
    np.testing.assert_allclose(found, [(HESSIAN * x**2).sum() / 2], rtol=1e-10)


def test_it_agrees_with_a_simulation_under_a_schedule():
    draw, factors = np.random.default_rng(0), np.cos(np.linspace(0, np.pi / 2, 60))
    x = np.sqrt(START) * draw.choice([-1, 1], (200_000, 3))
    v = np.zeros_like(x)
    for factor in factors:
        v = 0.8 * v + HESSIAN * x + 0.5 * draw.standard_normal(x.shape)
        x -= 0.1 * factor * v
    losses = (HESSIAN * x**2).sum(-1) / 2
    found = expected_loss(HESSIAN, START, 0.5, 0.8, [0.1], factors)
    assert found == pytest.approx(losses.mean(), abs=4 * losses.std() / np.sqrt(len(x)))


def test_too_large_a_rate_is_infinite_and_warns_of_nothing():
    assert expected_loss([1.0], [1.0], 0.1, 0.0, [1e3], np.ones(1000)).tolist() == [np.inf]
