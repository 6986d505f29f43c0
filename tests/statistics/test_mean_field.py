"""The mean-field recursion against closed forms, quadrature of another kind, and networks that are drawn."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from src.statistics.mean_field import WeightLayer, activation_moments, forward_and_backward


@pytest.mark.parametrize("variance", [1e-8, 0.3, 1.0, 9.0, 64.0, 4000.0])
def test_tanhs_moments_are_their_integrals(variance):
    value, slope = activation_moments("tanh", variance)
    sd = np.sqrt(variance)
    points = [10**-k for k in range(6)]
    by_quad = [
        2 * quad(lambda z, f=f: f(np.tanh(sd * z)) * norm.pdf(z), 0, 9, points=points, limit=500)[0]
        for f in (np.square, lambda t: (1 - t * t) ** 2)
    ]
    assert [float(value), float(slope)] == pytest.approx(by_quad, rel=5e-4)


def test_gauss_and_hermite_agree_where_tanh_is_gentle():
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    value, _ = activation_moments("tanh", [0.1, 1.0])
    expected = [np.tanh(np.sqrt(p) * nodes) ** 2 @ weights / weights.sum() for p in (0.1, 1.0)]
    np.testing.assert_allclose(value, expected, rtol=1e-6)


def test_relu_halves():
    value, slope = activation_moments("relu", [[0.0, 3.0]])
    assert value.tolist() == [[0.0, 1.5]]
    assert slope.tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize(("variance", "growth"), [(1 / 50, 0.5), (2 / 50, 1.0), (1.0, 25.0)])
def test_relus_growth_is_half_of_fan_in_times_variance(variance, growth):
    """Xavier's 1/n halves, He's 2/n keeps, sd 1 multiplies by n/2: eqs. 9 and 13 of He et al. 2015."""
    hidden = [WeightLayer(50, 50, variance, 0.0)] * 6
    forward, backward = forward_and_backward("relu", [*hidden, WeightLayer(50, 10, 0.1, 0.0)], [2.0, 4.0], [1.0, 3.0])
    np.testing.assert_allclose(forward[:7, 0], 2 * growth ** np.arange(7))
    np.testing.assert_allclose(forward[:7, 1], 2 * forward[:7, 0])
    np.testing.assert_allclose(forward[7], 5 * forward[6])  # the outputs have no activation
    np.testing.assert_allclose(backward[7], [1.0, 3.0])
    np.testing.assert_allclose(backward[6], [1.0, 3.0])  # 10 outputs of variance 0.1
    np.testing.assert_allclose(backward[:7, 0], growth ** np.arange(6, -1, -1))


def test_tanh_at_its_edge_of_chaos_falls_as_one_over_twice_the_depth():
    """At n var = 1, q' = q - 2 q^2 + ..., so that q tends to 1 / (2 l)."""
    layers = [WeightLayer(100, 100, 0.01, 0.0)] * 2000
    forward, _ = forward_and_backward("tanh", layers, [1.0], [1.0])
    assert forward[1999, 0] * 2 * 1999 == pytest.approx(1.0, rel=0.02)


def test_biases_add_their_variance():
    forward, _ = forward_and_backward("relu", [WeightLayer(4, 4, 0.25, 3.0)] * 2, [1.0], [1.0])
    assert forward[:, 0].tolist() == [1.0, 2.0, 5.0]
