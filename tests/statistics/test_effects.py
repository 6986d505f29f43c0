import numpy as np
import pytest
from scipy import stats

from src.statistics.effects import (
    differences,
    log_ratios,
    paired_difference,
    paired_log_ratio,
    probability_of_superiority,
    sign_test,
)

pytestmark = pytest.mark.filterwarnings("error")
INF = np.inf

# Darwin's maize (1876; Fisher, The Design of Experiments, 1935): crossed minus self-fertilized, eighths of an inch.
DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], dtype=float)
ZERO = np.zeros(15)


def test_differences_of_infinities():
    np.testing.assert_array_equal(differences([1, INF, 3, INF], [0, 2, INF, INF]), [1, INF, -INF, 0])
    np.testing.assert_array_equal(differences([1.7e308], [-1.7e308]), [INF])


def test_log_ratios_with_a_floor():
    np.testing.assert_allclose(log_ratios([1, 1e-40, 0, INF, INF], [100, 1e-3, 1e-30, 1, INF]), [-2, -13, 0, INF, 0])
    np.testing.assert_allclose(log_ratios([1e-6], [1e-2], floor=1e-3), [-1])


def test_paired_difference_of_darwins_maize():
    estimate = paired_difference(DARWIN, ZERO)
    assert estimate.value == 24
    # Order statistics 4 and 12 of 15 cover the median with 96.5 %.
    assert np.sort(DARWIN)[3] <= estimate.low <= np.sort(DARWIN)[5]
    assert np.sort(DARWIN)[9] <= estimate.high <= np.sort(DARWIN)[11]


def test_pairing_removes_what_pairs_share():
    rng = np.random.default_rng(0)
    shared = 100 * rng.standard_normal(30)
    estimate = paired_difference(shared + 1, shared + 0.1 * rng.standard_normal(30))
    assert estimate.value == pytest.approx(1, abs=0.05)
    assert estimate.high - estimate.low < 0.2


def test_another_statistic():
    estimate = paired_difference([1.0, 0, 1, 1], [0.0, 0, 1, 0], lambda x: x.mean(axis=-1))
    assert estimate.value == 0.5


def test_paired_log_ratio_is_antisymmetric_and_scale_free():
    rng = np.random.default_rng(0)
    a, b = rng.lognormal(size=30), rng.lognormal(size=30)
    there, back = paired_log_ratio(a, b), paired_log_ratio(b, a)
    np.testing.assert_allclose([back.value, back.low, back.high], [-there.value, -there.high, -there.low], rtol=1e-12)
    np.testing.assert_allclose(paired_log_ratio(1e3 * a, b), np.add(there, 3))


def test_one_method_diverging_on_both_sides_of_the_pairs():
    a, b = [INF] * 15 + [1.0] * 15, [1.0] * 15 + [INF] * 15
    assert paired_log_ratio(a, b) == (0, -INF, INF)
    # Fifteen pairs lost and fifteen in which both diverged.
    assert paired_log_ratio([INF] * 30, b) == (INF, 0, INF)


def test_probability_of_superiority():
    assert probability_of_superiority(DARWIN, ZERO, better="higher").value == pytest.approx(13 / 15)
    assert probability_of_superiority(DARWIN, ZERO).value == pytest.approx(2 / 15)
    assert probability_of_superiority([1, 2, INF, INF], [2, 2, INF, 0]).value == pytest.approx(0.5)
    wilson = stats.binomtest(2, 15).proportion_ci(method="wilson")
    np.testing.assert_allclose(probability_of_superiority(DARWIN, ZERO)[1:], [wilson.low, wilson.high])


def test_probability_of_superiority_keeps_a_width_when_all_pairs_agree():
    estimate = probability_of_superiority(np.zeros(30), np.ones(30))
    assert estimate.value == estimate.high == 1
    assert estimate.low == pytest.approx(0.8865, abs=1e-4)
    assert np.isnan(probability_of_superiority([], [])).all()


def test_sign_test_of_darwins_maize():
    assert sign_test(DARWIN, ZERO) == pytest.approx(2 * (1 + 15 + 105) / 2**15)
    assert sign_test([1, INF, INF], [1, INF, INF]) == 1
    assert sign_test([INF] * 6, [0] * 6) == pytest.approx(2 / 64)


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="one length"):
        differences([1, 2], [1])
    with pytest.raises(ValueError, match="not negative"):
        log_ratios([-959.6], [1])
    with pytest.raises(ValueError, match="floor = 0"):
        log_ratios([1], [1], floor=0)
    with pytest.raises(ValueError, match="better = 'smaller'"):
        probability_of_superiority([1], [2], better="smaller")
    with pytest.raises(ValueError, match="NaN"):
        sign_test([np.nan], [1])
