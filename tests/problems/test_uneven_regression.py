import numpy as np
import pytest
import torch

from src.engine.curvature import spectrum
from src.problems.uneven_regression import UnevenRegression


def regression(standardized, data_seed=0):
    return UnevenRegression(
        size=200,
        coefficients=[1.0, -1.0, 1.0],
        scales=[0.1, 1.0, 10.0],
        standardized=standardized,
        reach=2.0,
        noise=0.1,
        data_seed=data_seed,
        batch_size=None,
        start=None,
        steps=10,
        tolerance=1e-3,
    )


@pytest.mark.parametrize("standardized", [False, True])
def test_the_error_by_second_moments_is_the_mean_of_squares(standardized):
    problem = regression(standardized)
    theta = torch.from_numpy(np.random.default_rng(1).normal(size=(4, 3)))
    features, response = problem.data
    expected = (theta @ features.T - response).square().mean(-1)
    torch.testing.assert_close(problem.value(theta), expected, rtol=1e-12, atol=0)
    every = torch.arange(200).expand(4, -1)
    torch.testing.assert_close(problem.value(theta, every), expected, rtol=1e-12, atol=0)
    torch.testing.assert_close(problem.gradient(theta)[1], problem.gradient(theta, every)[1], rtol=1e-10, atol=1e-12)


def test_the_condition_number_is_the_squared_ratio_of_scales_and_standardizing_removes_it():
    theta = torch.zeros(1, 3, dtype=torch.float64)
    raw, scaled = (spectrum(regression(flag), theta, products=3).condition[0] for flag in (False, True))
    assert float(raw) == pytest.approx(1e4, rel=0.2)
    assert 1 < float(scaled) < 1.6


def test_standardized_features_have_mean_0_and_deviation_1_and_the_same_best_effects():
    features, _ = regression(True).data
    assert features.mean(0).tolist() == pytest.approx([0] * 3, abs=1e-12)
    assert features.std(0, correction=0).tolist() == pytest.approx([1] * 3)
    (raw,), (scaled,) = regression(False).minimum.points, regression(True).minimum.points
    assert [best * scale for best, scale in zip(raw, (0.1, 1.0, 10.0), strict=True)] == pytest.approx(
        list(scaled), abs=0.1
    )
    assert regression(False).minimum.value == pytest.approx(0.01, rel=0.3)


def test_both_boxes_hold_the_same_effects():
    raw, scaled = (regression(flag).box()[1] for flag in (False, True))
    assert (raw * torch.tensor([0.1, 1.0, 10.0])).tolist() == pytest.approx(scaled.tolist())
