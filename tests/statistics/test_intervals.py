import time

import numpy as np
import pytest
from scipy import stats

from src.statistics.intervals import (
    FEWEST_OUTSIDE,
    at_confidence,
    bootstrap,
    bootstrap_interval,
    median,
    minimum_sample_size,
    percentile_interval,
    resample_count,
    resamples,
    wilson,
)
from src.statistics.intervals import mean as average

pytestmark = pytest.mark.filterwarnings("error")


def draws(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize("n", [1, 2, 5, 6])
def test_median_is_numpys_on_finite_values(n):
    values = draws(4, n)
    np.testing.assert_allclose(median(values), np.median(values, axis=-1), rtol=1e-15)


def test_median_of_infinities():
    inf = np.inf
    cases = [([1, inf, 2], 2), ([1, inf], inf), ([inf, inf], inf), ([-inf, -inf, 3], -inf), ([-inf, inf], 0)]
    assert [float(median(np.array(values, dtype=float))) for values, _ in cases] == [m for _, m in cases]


def test_median_does_not_overflow():
    assert float(median(np.array([1.6e308, 1.7e308]))) == pytest.approx(1.65e308)


def test_resamples_are_scipys():
    values = draws(30)
    theirs = stats.bootstrap(
        (values,), np.median, n_resamples=2000, rng=np.random.default_rng(7), method="percentile"
    )
    ours = median(values[resamples(30, 2000, 7)])
    np.testing.assert_allclose(ours, theirs.bootstrap_distribution, rtol=1e-15)
    estimate = bootstrap(values, seed=7)
    # scipy interpolates between order statistics 49 and 50 of 0 ... 1999, here the outer one is taken.
    assert estimate.low <= theirs.confidence_interval.low <= estimate.low + 0.05
    assert estimate.high - 0.05 <= theirs.confidence_interval.high <= estimate.high


def test_percentile_interval_takes_outer_order_statistics():
    low, high = percentile_interval(np.arange(2000.0)[::-1], 0.95)
    assert (low, high) == (49, 1950)
    assert all(np.isnan(percentile_interval(np.array([1.0, np.nan, 2.0]), 0.5)))


def test_interval_of_a_mean_is_close_to_its_normal_interval():
    values = draws(400)
    estimate = bootstrap(values, lambda x: x.mean(axis=-1))
    half = 1.96 * values.std() / 20
    assert estimate.value == values.mean()
    np.testing.assert_allclose(
        [estimate.low, estimate.high], [values.mean() - half, values.mean() + half], atol=0.015
    )


@pytest.mark.parametrize("diverged", [0.0, 0.2])
def test_median_interval_covers_the_true_median(diverged):
    values = draws(1000, 30, seed=1)
    # Upper-tail values that become infinite leave the median of the distribution, 0, where it is.
    values[values > stats.norm.isf(diverged)] = np.inf
    low, high = bootstrap_interval(values)
    assert 0.93 <= np.mean((low <= 0) & (high >= 0)) <= 0.98


def upper_quartile(values):
    return np.quantile(values, 0.75, axis=-1)


def test_seed_and_confidence_matter():
    values = draws(30)
    assert bootstrap(values, seed=1) == bootstrap(values, seed=1)
    assert bootstrap(values, upper_quartile, seed=1).low != bootstrap(values, upper_quartile, seed=2).low
    narrow, wide = bootstrap(values, confidence=0.5), bootstrap(values, confidence=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_leading_axes_are_samples_of_their_own():
    values = draws(2, 3, 8)
    low, high = bootstrap_interval(values)
    assert low.shape == high.shape == (2, 3)
    assert (low[1, 2], high[1, 2]) == bootstrap(values[1, 2])[1:]


def test_degenerate_samples():
    assert bootstrap([4.0] * 10) == (4, 4, 4)
    assert bootstrap([np.inf] * 10) == (np.inf,) * 3
    one = bootstrap([4.0])
    assert one.value == 4
    assert np.isnan(one[1:]).all()
    assert np.isnan(bootstrap([])).all()
    assert np.isnan(bootstrap_interval(np.empty((3, 0)))).all()


def test_infinities_stay_at_the_upper_end():
    estimate = bootstrap([*range(18), *[np.inf] * 12])
    assert estimate.value == 14.5
    assert 5 <= estimate.low <= 12
    assert estimate.high == np.inf


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        bootstrap([1.0, np.nan])
    with pytest.raises(ValueError, match="one axis"):
        bootstrap([[1.0, 2.0]])
    with pytest.raises(ValueError, match="confidence = 95"):
        bootstrap([1.0, 2.0], confidence=95)
    with pytest.raises(ValueError, match="read-only"):
        resamples(5)[0, 0] = 1


def test_five_hundred_medians_take_under_two_seconds():
    values = draws(500, 30)
    begin = time.process_time()
    for row in values:
        bootstrap(row)
    assert time.process_time() - begin < 2


def test_fewest_is_where_the_range_covers_the_median():
    assert minimum_sample_size(0.95) == 6
    assert 1 - 2.0 ** (1 - 6) >= 0.95 > 1 - 2.0 ** (1 - 5)
    assert minimum_sample_size(0.5) == 2


@pytest.mark.parametrize(("successes", "n"), [(0, 30), (1, 7), (15, 30), (30, 30), (1, 1)])
def test_proportion_is_wilsons_interval(successes, n):
    theirs = stats.binomtest(successes, n).proportion_ci(0.9, method="wilson")
    ours = wilson(successes / n, n, confidence=0.9)
    np.testing.assert_allclose(ours[1:], [theirs.low, theirs.high], atol=1e-12)


def test_proportion_covers_on_average():
    n, k = 30, np.arange(31)
    ends = np.array([wilson(i / n, n)[1:] for i in k])
    truth = np.linspace(0.05, 0.95, 91)[:, None]
    inside = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    coverage = (stats.binom.pmf(k, n, truth) * inside).sum(axis=1)
    assert coverage.mean() == pytest.approx(0.95, abs=0.01)
    assert coverage.min() > 0.88


def test_proportion_of_nothing_and_of_too_much():
    assert np.isnan(wilson(np.nan, 0)).all()
    with pytest.raises(ValueError, match="mean ="):
        wilson(1.5, 3)


def test_interval_of_a_mean_worked_by_hand():
    # Mean 2, standard error 1 / sqrt(3), Student's t 4.3027 with two degrees of freedom.
    assert bootstrap([1.0, 2.0, 3.0], average) == pytest.approx((2, 2 - 2.4841, 2 + 2.4841), abs=1e-4)
    assert bootstrap([4.0] * 5, average) == (4, 4, 4)
    assert bootstrap([1.0, 2.0, np.inf], average).high == np.inf


@pytest.mark.parametrize("n", [5, 10, 30])
@pytest.mark.parametrize(("spread", "least"), [(0.0, 0.93), (0.5, 0.90), (1.0, 0.80)])
def test_interval_of_a_mean_covers_at_small_samples(n, spread, least):
    """Normal data at spread 0, else log-normal data of that standard deviation of the logarithm."""
    values = np.random.default_rng(0).normal(size=(1000, n))
    if spread:
        values = np.exp(spread * values)
    low, high = bootstrap_interval(values, average, count=10)
    truth = np.exp(spread**2 / 2) if spread else 0.0
    assert ((low <= truth) & (truth <= high)).mean() >= least


def test_within_a_block_every_interval_is_at_the_blocks_level():
    values = draws(40)
    wide = [
        bootstrap(values, confidence=0.99),
        bootstrap(values, average, confidence=0.99),
        wilson(0.7, 40, confidence=0.99),
    ]
    before = [bootstrap(values), bootstrap(values, average), wilson(0.7, 40)]
    with at_confidence(0.99):
        assert [bootstrap(values), bootstrap(values, average), wilson(0.7, 40)] == wide
        with at_confidence(0.95):
            assert [bootstrap(values), bootstrap(values, average), wilson(0.7, 40)] == before
        assert minimum_sample_size() == minimum_sample_size(0.99) == 8
    assert [bootstrap(values), bootstrap(values, average), wilson(0.7, 40)] == before
    with pytest.raises(ValueError, match="confidence"), at_confidence(1.0):
        pass


@pytest.mark.parametrize("confidence", [0.95, 0.99, 0.999, 0.9999])
def test_there_are_enough_resamples_beyond_each_end(confidence):
    values = draws(30)
    drawn = median(values[resamples(30, resample_count(confidence=confidence))])
    low, high = percentile_interval(drawn, confidence)
    assert min((drawn <= low).sum(), (drawn >= high).sum()) > FEWEST_OUTSIDE
    with at_confidence(confidence):
        assert bootstrap(values)[1:] == (low, high)  # also right after an interval at another level
    bootstrap(values)


def test_an_end_that_the_resamples_do_not_resolve_is_unknown():
    distribution = draws(2000)
    low, high = percentile_interval(distribution, 1 - 1e-4)
    assert np.isnan(low)
    assert np.isnan(high)
    assert not np.isnan(percentile_interval(distribution, 1 - 2e-3)).any()
