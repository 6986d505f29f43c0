import numpy as np
import pytest

from src.statistics.runtimes import attempts
from src.statistics.survival import kaplan_meier, median_time

pytestmark = pytest.mark.filterwarnings("error")
NEVER = np.nan

# Weeks of remission of leukaemia under 6-mercaptopurine and placebo (Freireich et al. 1963; Cox 1972).
TREATED = attempts(
    [6, 6, 6, 7, 10, 13, 16, 22, 23] + [NEVER] * 12,
    [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
)
PLACEBO = attempts([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], 35)


def test_curve_of_the_remission_data():
    curve = kaplan_meier(TREATED)
    at = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448, 35: 0.448}
    for week, share in at.items():
        assert curve.survival[curve.time == week] == pytest.approx(share, abs=5e-4)
    assert (curve.time[0], curve.survival[0]) == (0, 1)


def test_interval_is_greenwoods_on_the_log_log_scale():
    curve = kaplan_meier(TREATED)
    share, variance = 18 / 21, 3 / (21 * 18)  # week 6: 3 of 21 at risk
    spread = 1.959964 * np.sqrt(variance) / abs(np.log(share))
    expected = [share ** np.exp(spread), share ** np.exp(-spread)]
    at = curve.time == 6
    np.testing.assert_allclose([curve.low[at][0], curve.high[at][0]], expected, rtol=1e-6)


def test_medians_of_the_remission_data():
    assert median_time(TREATED) == (23, 13, np.inf)
    assert median_time(PLACEBO) == (8, 4, 11)


def test_median_interval_covers_the_truth():
    rng = np.random.default_rng(0)
    truth, hits = np.log(2), 0
    for _ in range(300):
        times = rng.exponential(size=30)
        estimate = median_time(attempts(np.where(times < 1.2, times, NEVER), 1.2))
        hits += estimate.low <= truth <= estimate.high
    assert 0.92 <= hits / 300 <= 0.99


def test_median_counts_failures_as_later_than_any_time():
    assert median_time(attempts([1, 2, 3, NEVER, NEVER], 10)).value == 3
    assert median_time(attempts([1, 2, NEVER, NEVER, NEVER], 10)).value == np.inf


@pytest.mark.parametrize(("runs", "reached"), [(24, 12), (38, 19), (44, 22), (46, 23), (54, 27), (1000, 500)])
def test_half_is_half_whatever_the_number_of_runs(runs, reached):
    """The product of fractions ends a rounding error above one half for some numbers of runs."""
    times = [*range(1, reached + 1), *([NEVER] * (runs - reached))]
    assert median_time(attempts(times, reached + 1)).value == reached


def test_half_is_half_with_ties():
    times = [*(each for each in range(3, 10) for _ in range(2)), *([10] * 14)]  # 14 of 28 by time 9
    assert median_time(attempts(times, 11)).value == 9


def test_degenerate_runs():
    assert median_time(attempts([NEVER] * 4, 10)) == (np.inf,) * 3
    assert median_time(attempts([7] * 4, 10)) == (7, 7, 7)
    assert median_time(attempts([7], 10)).value == 7
    assert np.isnan(median_time(attempts([7], 10)).low)
    assert np.isnan(median_time(attempts([], 10))).all()
    np.testing.assert_array_equal(kaplan_meier(attempts([NEVER] * 4, 10)).survival, [1, 1])
