import numpy as np
import pytest

from src.statistics.decay import fit_decay

STEPS = np.arange(301)


@pytest.mark.parametrize("rate", [0.5, 0.9, 0.999, 1.01])
@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_rate_and_power_are_found_exactly_where_the_law_holds(rate, power):
    found = fit_decay(3.0 * np.maximum(STEPS, 1) ** power * rate**STEPS)
    assert float(found.rate) == pytest.approx(rate, rel=1e-10)
    assert float(found.power) == pytest.approx(power, abs=1e-7)


def test_a_double_roots_transient_does_not_enter_the_rate():
    # x_t = (1 + 5 t) 0.9^t: without the power the slope of its logarithm is off by 4 % at these steps
    values = (1 + 5 * STEPS[:, None]) * 0.9 ** STEPS[:, None]
    found = fit_decay(values)
    assert found.rate.shape == (1,)
    assert np.log(found.rate[0]) == pytest.approx(np.log(0.9), rel=1e-4)
    assert found.power[0] == pytest.approx(1, abs=1e-2)


def test_what_decayed_earlier_is_left_out_by_the_tail():
    values = 1e3 * 0.5**STEPS + 0.95**STEPS
    assert np.log(float(fit_decay(values).rate)) == pytest.approx(np.log(0.95), rel=1e-9)


def test_sequences_that_reach_zero_or_leave_the_numbers_have_no_rate():
    zero, infinite = 0.5**STEPS, 0.5**STEPS
    zero[200:] = 0
    infinite[299] = np.inf
    found = fit_decay(np.stack([zero, infinite, 0.5**STEPS], axis=1))
    assert np.isnan(found.rate).tolist() == [True, True, False]
    assert np.isnan(fit_decay(0.5 ** STEPS[:8]).rate)


@pytest.mark.parametrize("angle", [0.02, 0.1, 1.0])
def test_the_dips_of_complex_roots_do_not_pass_for_a_slope(angle):
    steps = np.arange(6001)
    found = fit_decay(np.abs(np.cos(angle * steps + 0.3)) * 0.99**steps)
    assert np.log(float(found.rate)) == pytest.approx(np.log(0.99), rel=0.03)
