"""The time to leave a saddle, against a closed form and against simulation."""

import numpy as np
import pytest

from src.statistics.saddle_noise import median_escape


def test_noise_at_the_first_step_alone_grows_geometrically():
    """|y_t| has the median 0.6745 * 0.1 * 1.2^(t-1): 0.0674 at step 1, above 1 first at t = 16."""
    deviations = [1.0] + [0.0] * 50
    assert median_escape(0.1, 2.0, deviations, 0.06) == 1
    assert median_escape(0.1, 2.0, deviations, 1.0) == 1 + np.ceil(np.log(1 / 0.067449) / np.log(1.2))


def test_it_is_the_median_of_simulated_times():
    rate, distance, steps = 0.05, 0.1, 400
    deviations = 1e-3 / (1 + np.arange(steps)) ** 0.55
    draw = np.random.default_rng(0)
    y, left = np.zeros(4000), np.full(4000, np.inf)
    for step, deviation in enumerate(deviations, 1):
        y = (1 + 2 * rate) * y - rate * deviation * draw.standard_normal(4000)
        left = np.where((np.abs(y) >= distance) & np.isinf(left), step, left)
    assert median_escape(rate, 2.0, deviations, distance) == pytest.approx(np.median(left), abs=1.5)


def test_a_budget_that_is_too_short_gives_no_time():
    assert np.isnan(median_escape(0.1, 2.0, [1e-3] * 3, 1.0))
