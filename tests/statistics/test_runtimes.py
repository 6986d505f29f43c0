import numpy as np
import pytest

from src.statistics.runtimes import attempts, success_rate


def test_failures_take_their_budget_and_what_they_spent():
    runs = attempts([3, np.nan, np.inf, 100], 100, spent=[50, 7, 100, 100])
    np.testing.assert_array_equal(runs.time, [3, 100, 100, 100])
    np.testing.assert_array_equal(runs.reached, [True, False, False, True])
    np.testing.assert_array_equal(runs.spent, [3, 7, 100, 100])


def test_without_spent_a_failure_costs_its_budget():
    np.testing.assert_array_equal(attempts([3, np.nan], [10, 20]).spent, [3, 20])


def test_success_rate():
    estimate = success_rate(attempts([1] * 23 + [np.nan] * 7, 10))
    assert estimate.value == pytest.approx(23 / 30)
    np.testing.assert_allclose(estimate[1:], [0.5907, 0.8821], atol=1e-4)
    assert np.isnan(success_rate(attempts([], 10))).all()


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="none negative"):
        attempts([-1], 10)
    with pytest.raises(ValueError, match="reached after"):
        attempts([11], 10)
    with pytest.raises(ValueError, match="a budget is finite"):
        attempts([1], np.inf)
    with pytest.raises(ValueError, match="spent is finite"):
        attempts([np.nan], 10, spent=[np.nan])
