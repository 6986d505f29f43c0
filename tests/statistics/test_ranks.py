import numpy as np
import pytest
from scipy import stats

from src.statistics.ranks import critical_difference, friedman_test, mean_ranks, performance_profile, ranks

INF = np.inf
COST = np.array([[1.0, 2, 4], [6, 3, 3], [5, INF, 10], [INF, INF, INF]])


def test_ranks_with_ties_and_failures():
    np.testing.assert_array_equal(ranks(COST), [[1, 2, 3], [3, 1.5, 1.5], [1, 3, 2], [2, 2, 2]])


def test_mean_ranks_sum_to_a_constant():
    np.testing.assert_allclose(mean_ranks(COST), [1.75, 2.125, 2.125])
    assert mean_ranks(np.random.default_rng(0).random((7, 5))).sum() == pytest.approx(15)


def test_friedmans_test_is_scipys_where_its_chi_squared_law_holds():
    cost = np.random.default_rng(0).random((40, 4))
    cost[:, 3] += 0.25
    assert friedman_test(cost) == pytest.approx(stats.friedmanchisquare(*cost.T).pvalue, abs=0.01)


def test_friedmans_test_of_few_problems_counts_the_ways_to_deal_the_ranks():
    """Three problems, three methods, all in the same order: 3! of the 3!^3 ways are as uneven."""
    assert friedman_test([[1, 2, 3]] * 3) == pytest.approx(6 / 6**3, abs=0.003)
    assert friedman_test([[1, 1, 1]] * 3) == 1
    assert np.isnan(friedman_test([[1, 2, 3]]))
    assert np.isnan(friedman_test([[1], [2]]))


def test_critical_difference_of_five_methods_on_thirty_problems():
    """Demsar 2006, table 5: q = 2.728 for five methods; 2.728 sqrt(5 * 6 / (6 * 30))."""
    assert critical_difference(30, 5) == pytest.approx(2.728 * np.sqrt(30 / 180), rel=1e-3)
    assert np.isnan(critical_difference(30, 1))


def test_profile_by_hand():
    profile = performance_profile(COST)
    np.testing.assert_array_equal(profile.tau, [1, 2, 4])
    # Ratios: (1, 2, 4), (2, 1, 1), (1, inf, 2), and a problem that nobody solves.
    np.testing.assert_allclose(profile.solved, [[0.5, 0.25, 0.25], [0.75, 0.5, 0.5], [0.75, 0.5, 0.75]])


def test_profile_at_one_is_the_share_of_wins_and_in_the_end_of_successes():
    cost = np.random.default_rng(0).lognormal(size=(20, 4))
    cost[cost > 3] = INF
    profile = performance_profile(cost)
    wins = np.bincount(cost.argmin(axis=1)[np.isfinite(cost.min(axis=1))], minlength=4) / 20
    np.testing.assert_allclose(profile.solved[0], wins)
    np.testing.assert_allclose(profile.solved[-1], np.isfinite(cost).mean(axis=0))
    assert (np.diff(profile.solved, axis=0) >= 0).all()


def test_profile_on_a_given_grid_and_without_units():
    profile = performance_profile(1e6 * COST, tau=[1, 3])
    np.testing.assert_allclose(profile.solved, [[0.5, 0.25, 0.25], [0.75, 0.5, 0.5]])


def test_profile_where_nobody_solves_anything():
    profile = performance_profile([[INF, INF]])
    np.testing.assert_array_equal(profile.tau, [1])
    np.testing.assert_array_equal(profile.solved, [[0, 0]])


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="problems by methods"):
        ranks([1, 2])
    with pytest.raises(ValueError, match="above 0"):
        performance_profile([[0.0, 1.0]])
    with pytest.raises(ValueError, match="at least 1"):
        performance_profile(COST, tau=[0.5])
    with pytest.raises(ValueError, match="NaN"):
        mean_ranks([[np.nan, 1.0]])
