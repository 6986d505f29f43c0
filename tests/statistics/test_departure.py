"""Departures from a theory do not cancel, and are small where the theory is right."""

import numpy as np
import pytest

from src.statistics.departure import departure


@pytest.mark.parametrize("of_means", [False, True])
def test_errors_both_ways_do_not_cancel(of_means):
    """Twice the theory and half of it, by turns: off by a factor of two everywhere."""
    noise = np.random.default_rng(0).lognormal(0, 0.02, (50, 6))
    found = departure(np.array([2, 0.5] * 3) * noise, of_means=of_means)
    assert found.value == pytest.approx(np.log(2), rel=0.01)
    assert found.value - 0.01 < found.low < found.value < found.high < found.value + 0.01


@pytest.mark.parametrize("of_means", [False, True])
def test_the_noise_of_the_seeds_is_no_departure(of_means):
    """Thirty seeds that spread by a factor of two leave a mean that is off by a tenth, by chance."""
    generator = np.random.default_rng(0)
    spread, shift = 0.7, 0.7**2 / 2 if of_means else 0.0
    found = [departure(generator.lognormal(-shift, spread, (30, 8)), of_means=of_means).value for _ in range(60)]
    assert np.mean(found) < 0.06
    assert np.mean(np.square(found)) < 0.5 * spread**2 / 30  # half of an uncorrected mean square


def test_by_hand():
    ratios = np.exp(np.array([[0.3, -0.4], [0.3, -0.4]]))
    assert departure(ratios) == pytest.approx((np.sqrt(0.125),) * 3)
    assert departure(ratios, of_means=True) == pytest.approx((np.sqrt(0.125),) * 3)
    apart = np.exp(np.array([[0.2], [0.4]]))  # mean 0.3, variance of the mean 0.01
    assert departure(apart).value == pytest.approx(np.sqrt(0.08))
