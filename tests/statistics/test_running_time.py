import numpy as np
import pytest

from src.statistics.running_time import expected_running_time, running_time_log_ratio
from src.statistics.runtimes import attempts

pytestmark = pytest.mark.filterwarnings("error")
NEVER = np.nan


def test_all_that_was_spent_over_successes():
    runs = attempts([10, 20, NEVER, NEVER], 100, spent=[0, 0, 100, 5])
    assert expected_running_time(runs).value == (10 + 20 + 100 + 5) / 2


def test_without_failures_it_is_the_mean_time():
    estimate = expected_running_time(attempts([10, 20, 60], 100))
    assert estimate.value == 30
    assert 10 <= estimate.low < 30 < estimate.high <= 60


def test_equals_the_cost_of_restarts():
    # Restarting until success: failures before it are geometric with mean (1 - p) / p.
    p, budget, time = 0.25, 100, 40
    runs = attempts([time] * 25 + [NEVER] * 75, budget)
    assert expected_running_time(runs).value == pytest.approx(time + budget * (1 - p) / p)


def test_interval_covers_the_truth():
    rng = np.random.default_rng(0)
    truth = 40 + 100 * 0.5 / 0.5
    hits = 0
    for _ in range(400):
        estimate = expected_running_time(attempts(np.where(rng.random(30) < 0.5, 40.0, NEVER), 100))
        hits += estimate.low <= truth <= estimate.high
    assert 0.91 <= hits / 400 <= 0.99


def test_a_rare_success_leaves_the_upper_end_open():
    estimate = expected_running_time(attempts([10] + [NEVER] * 29, 100))
    assert estimate.value == 2910
    assert np.isfinite(estimate.low)
    assert estimate.high == np.inf


def test_no_success_has_a_lower_bound_only():
    estimate = expected_running_time(attempts([NEVER] * 30, 100))
    p = 1.959964**2 / (30 + 1.959964**2)  # Wilson's upper end for 0 of 30
    assert estimate.value == estimate.high == np.inf
    assert estimate.low == pytest.approx(100 * (1 - p) / p, rel=1e-5)


def test_one_run_and_none():
    estimate = expected_running_time(attempts([10], 100))
    assert estimate.value == 10
    assert np.isnan(estimate[1:]).all()
    assert np.isnan(expected_running_time(attempts([], 100))).all()


def test_log_ratio_of_paired_runs():
    times = np.random.default_rng(0).uniform(5, 9, 30)
    slow, fast = attempts(10 * times, 100), attempts(times, 100)
    np.testing.assert_allclose(running_time_log_ratio(slow, fast), [1, 1, 1])
    np.testing.assert_allclose(running_time_log_ratio(fast, slow), [-1, -1, -1])


def test_log_ratio_where_some_or_all_fail():
    good, bad = attempts([10] * 30, 100), attempts([NEVER] * 30, 100)
    assert running_time_log_ratio(bad, good) == (np.inf,) * 3
    assert running_time_log_ratio(good, bad) == (-np.inf,) * 3
    assert np.isnan(running_time_log_ratio(bad, bad)).all()
    rare = attempts([10] + [NEVER] * 29, 100)
    assert running_time_log_ratio(rare, good).high == np.inf
    assert running_time_log_ratio(rare, rare) == (0, 0, 0)


def test_log_ratio_when_solved_at_the_start():
    assert running_time_log_ratio(attempts([0] * 5, 9), attempts([1] * 5, 9)).value == -np.inf


def test_log_ratio_needs_pairs():
    with pytest.raises(ValueError, match="3 and 2"):
        running_time_log_ratio(attempts([1, 2, 3], 9), attempts([1, 2], 9))
