"""Gradient noise against row R30, theory and hand-made gradients."""

import numpy as np
import pytest
import torch

from src.core.streams import Seed
from src.problems.linear_regression import LinearRegression
from src.studies.batch_noise.gradient_noise import draw_stream, estimation_error, measure, two_batch_estimate

SAMPLE = {"size": 1000, "coefficients": [3.0, 2.0], "noise": 0.1, "data_seed": 42}
R17 = LinearRegression(**SAMPLE, batch_size=8, start=[0.0, 0.0], steps=10, tolerance=1e-4)
R30 = torch.tensor([2.5, 1.5], dtype=torch.float64)


def test_row_r30_in_its_own_convention():
    """The notebook differentiates half the error, so its variance is a quarter of this gradient's."""
    every = [measure(R17, R30, 8, 1000, draw_stream(Seed(number), 8)) for number in range(20)]
    found = every[0]
    assert found.trace / 4 == pytest.approx(1.455, rel=1e-3)
    assert np.mean([8 * one.variance / 4 for one in every]) == pytest.approx(1.455, rel=0.03)
    gradient = R17.gradient(R30[None])[1]
    assert found.square == pytest.approx(float(gradient.square().sum()), rel=1e-12)


@pytest.mark.parametrize("batch", [1, 8, 32, 128])
def test_the_variance_falls_as_one_over_the_batch(batch):
    found = [measure(R17, R30, batch, 500, draw_stream(Seed(number), batch)) for number in range(10)]
    assert np.mean([batch * one.variance for one in found]) == pytest.approx(found[0].trace, rel=0.05)


def test_the_two_batch_estimate_is_right_on_average():
    found = [measure(R17, R30, 2, 500, draw_stream(Seed(number), 2)) for number in range(40)]
    assert np.mean([one.trace_estimate for one in found]) == pytest.approx(found[0].trace, rel=0.05)
    assert np.mean([one.square_estimate for one in found]) == pytest.approx(found[0].square, rel=0.05)


def test_the_two_batch_estimate_of_gradients_without_noise():
    trace, square = two_batch_estimate(torch.tensor([[3.0, 4.0]]).expand(25, 2).double(), 4)
    assert (trace, square) == pytest.approx((0, 25), abs=1e-9)


def test_row_r31s_error_falls_as_one_over_the_root():
    points = np.linspace(-2, 2, 100).tolist()
    for batch in (1, 16, 256):
        errors = [estimation_error(batch, points, 0.5, Seed(number)) for number in range(20)]
        assert np.mean(errors) * np.sqrt(batch) == pytest.approx(0.5, rel=0.05)
