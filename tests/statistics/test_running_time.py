import numpy as np
import pytest

from src.statistics.intervals import bootstrap, mean
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
    student = bootstrap([10, 20, 60], mean)
    assert estimate.low == max(student.low, 0)
    assert estimate.high > student.high  # three of three do not show that failures do not occur


def test_equals_the_cost_of_restarts():
    # Restarting until success: failures before it are geometric with mean (1 - p) / p.
    p, budget, time = 0.25, 100, 40
    runs = attempts([time] * 25 + [NEVER] * 75, budget)
    assert expected_running_time(runs).value == pytest.approx(time + budget * (1 - p) / p)


@pytest.mark.parametrize("n", [5, 10, 30])
@pytest.mark.parametrize("p", [0.2, 0.5, 0.95, 1.0])
def test_interval_covers_the_truth(n, p):
    """Failures that cost as much as twenty successes: rare, and still much of the cost."""
    rng = np.random.default_rng(0)
    truth = 100 + 2000 * (1 - p) / p
    hits = 0
    for _ in range(400):
        times = np.where(rng.random(n) < p, np.minimum(rng.gamma(4, 25, n), 2000), NEVER)
        estimate = expected_running_time(attempts(times, 2000))
        hits += estimate.low <= truth <= estimate.high
    assert hits / 400 >= 0.91


def test_a_single_success_costs_at_most_the_budget():
    """1 of 30 in 10 steps: only that no run costs more than 100 bounds a success, and Wilson's interval its rate."""
    estimate = expected_running_time(attempts([10] + [NEVER] * 29, 100))
    lost = [100 * (1 - p) / p for p in (0.1667040, 1 / 30, 0.00590859)]
    expected = (2910, 2910 - np.hypot(10, lost[1] - lost[0]), 2910 + np.hypot(90, lost[2] - lost[1]))
    assert estimate == pytest.approx(expected, rel=1e-4)


def test_a_single_failure_leaves_both_ends_finite():
    estimate = expected_running_time(attempts([10] * 29 + [NEVER], 100))
    assert estimate.value == 10 + 100 / 29
    assert 0 <= estimate.low < estimate.value < estimate.high < 40


def test_the_interval_by_hand():
    """8 of 10 succeed at 40 each and the others cost 100: 40 + 100 * 2 / 8, and only p is not known exactly."""
    estimate = expected_running_time(attempts([40] * 8 + [NEVER] * 2, 100))
    low, high = (40 + 100 * (1 - p) / p for p in (0.943318, 0.490160))  # Wilson's interval of 8 of 10
    assert estimate == pytest.approx((65, low, high), rel=1e-4)


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


def test_log_ratio():
    times = np.random.default_rng(0).uniform(5, 9, 30)
    slow, fast = attempts(10 * times, 100), attempts(times, 100)
    found, back = running_time_log_ratio(slow, fast), running_time_log_ratio(fast, slow)
    assert found.value == pytest.approx(1)
    # Failures, of which none occurred, would cost the fast one more than ten times its mean, the slow one 1.4 times.
    assert 0.4 < found.low < 0.6
    assert 1.05 < found.high < 1.1
    assert back == pytest.approx((-found.value, -found.high, -found.low))


def test_log_ratio_where_some_or_all_fail():
    good, bad = attempts([10] * 30, 100), attempts([NEVER] * 30, 100)
    worse = running_time_log_ratio(bad, good)
    # At best 0 of 30 means a success rate of 0.1135, and 30 of 30 one of 0.8865.
    assert worse[::2] == (np.inf, np.inf)
    assert worse.low == pytest.approx(np.log10((100 * 0.8865 / 0.1135) / (10 + 100 * 0.1135 / 0.8865)), abs=1e-3)
    assert running_time_log_ratio(good, bad) == (-np.inf, -np.inf, -worse.low)
    assert np.isnan(running_time_log_ratio(bad, bad)).all()
    rare = attempts([10] + [NEVER] * 29, 100)
    value, low, high = running_time_log_ratio(rare, good)
    assert 1 < low < value < high < 4
    assert running_time_log_ratio(rare, rare).value == 0


def test_log_ratio_when_solved_at_the_start():
    assert running_time_log_ratio(attempts([0] * 5, 9), attempts([1] * 5, 9)).value == -np.inf
