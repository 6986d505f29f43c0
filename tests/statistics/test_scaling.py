"""Laws of scale on data that were made from them."""

import numpy as np
import pytest

from src.statistics.intervals import UNKNOWN, Estimate
from src.statistics.scaling import (
    batch_scaling,
    decades_between,
    distance_from,
    fit_batch_scaling,
    power_law,
    ratio_of_means,
    slopes,
)

BATCHES = 2.0 ** np.arange(11)


def test_slopes_leave_out_what_is_not_finite():
    y = np.array([[1.0, 3.0, 5.0, 7.0], [1.0, np.inf, 5.0, np.nan], [1.0, np.nan, np.nan, np.nan]])
    found = slopes([0, 1, 2, 3], y)
    assert found[:2] == pytest.approx([2.0, 2.0])
    assert np.isnan(found[2])


def test_the_exponent_of_a_power_law_and_its_interval():
    noise = np.random.default_rng(0).normal(0, 0.1, (20, 11))
    found = power_law(BATCHES, 5 * BATCHES**-1.0 * np.exp(noise))
    assert found.value == pytest.approx(-1, abs=0.01)
    assert found.low < -1 < found.high
    assert found.high - found.low < 0.05


def test_a_law_without_noise_is_found_to_the_grids_fineness():
    steps = 12 * (1 + 37 / BATCHES)
    fit = fit_batch_scaling(BATCHES, np.stack([steps, 3 * steps]))
    assert fit.critical == pytest.approx([37, 37], rel=0.02)
    assert fit.least_steps == pytest.approx([12, 36], rel=0.01)
    assert fit.misfit == pytest.approx([0, 0], abs=5e-3)


def test_a_batch_size_that_never_reached_the_target_is_left_out():
    steps = 12 * (1 + 37 / BATCHES)
    steps[0] = np.inf
    assert fit_batch_scaling(BATCHES, steps).critical == pytest.approx(37, rel=0.02)
    assert np.isnan(fit_batch_scaling(BATCHES[:2], steps[:2]).critical)


def test_the_interval_covers_the_truth_about_as_often_as_it_says_and_narrows_with_seeds():
    law = 12 * (1 + 37 / BATCHES)
    draws = np.exp(np.random.default_rng(1).normal(0, 0.3, (12, 40, 11)))
    found = [batch_scaling(BATCHES, law * each) for each in draws]
    assert sum(one.critical.low < 37 < one.critical.high for one in found) >= 10
    assert sum(one.least_steps.low < 12 < one.least_steps.high for one in found) >= 9
    few = batch_scaling(BATCHES, law * draws[0, :8])
    assert found[0].critical.high / found[0].critical.low < few.critical.high / few.critical.low


def test_one_seed_has_no_interval():
    assert np.isnan(batch_scaling(BATCHES, (12 * (1 + 37 / BATCHES))[None]).critical.low)


def test_a_ratio_of_means_is_not_the_mean_of_ratios():
    found = ratio_of_means([1.0, 9.0, 2.0, 8.0], [1.0, 3.0, 2.0, 2.0])
    assert found.value == 20 / 8
    assert found.low < 2.5 < found.high
    assert np.isnan(ratio_of_means([1.0], [2.0]).low)


def test_decades_between_two_estimates():
    found = decades_between(Estimate(100, 10, 1000), Estimate(10, 10, 10))
    assert found == pytest.approx((1, 0, 2))
    both = decades_between(Estimate(100, 10, 1000), Estimate(10, 1, 100))
    assert both == pytest.approx((1, 1 - np.sqrt(2), 1 + np.sqrt(2)))
    assert np.isnan(decades_between(UNKNOWN, Estimate(1, 1, 1))).all()


def test_the_distance_from_a_value():
    assert distance_from(Estimate(-1.01, -1.04, -0.99), -1) == pytest.approx((0.01, 0, 0.04))
    assert distance_from(Estimate(-0.5, -0.6, -0.4), -1) == pytest.approx((0.5, 0.4, 0.6))
    assert np.isnan(distance_from(UNKNOWN, -1).high)


def test_interval_of_an_exponent_covers_at_five_seeds():
    random = np.random.default_rng(0)
    hits = 0
    for _ in range(600):
        noise = random.normal(0, 0.3, (5, len(BATCHES)))
        found = power_law(BATCHES, 5 * BATCHES**-1.0 * np.exp(noise))
        hits += found.low <= -1 <= found.high
    assert hits / 600 >= 0.93
