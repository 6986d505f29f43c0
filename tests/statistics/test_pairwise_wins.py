"""Wins run against run, and the two exact tests on them."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from src.statistics.pairwise_wins import (
    Outcomes,
    able_test,
    directions,
    fewest_runs,
    points,
    sign_test_of_wins,
    two_sample_test,
)

INF = np.inf


def outcomes(*runs):
    times, values = zip(*runs, strict=True)
    return Outcomes(np.array(times, dtype=float), np.array(values, dtype=float))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((10, 5.0), (INF, 1.0), 1),  # reaching the target comes before any value
        ((10, 5.0), (20, 1.0), 1),  # then the time to it
        ((10, 5.0), (10, 1.0), 0),  # both are there at the same step: what came after does not count
        ((INF, 1.0), (INF, 2.0), 1),  # then the value
        ((INF, 1.0), (INF, 1.05), 0),  # within the tolerance
        ((INF, INF), (INF, INF), 0),
        ((INF, 1.0), (INF, INF), 1),
    ],
)
def test_the_target_comes_first_then_the_time_then_the_value(first, second, expected):
    found = directions(outcomes(first), outcomes(second), 0.1)
    assert found.tolist() == [expected]
    assert directions(outcomes(second), outcomes(first), 0.1).tolist() == [-expected]


def test_points_are_by_pairs():
    first = outcomes((INF, 1), (INF, 1), (INF, 3))
    second = outcomes((INF, 2), (INF, 1), (INF, 2))
    assert points(first, second).tolist() == [1, 0.5, 0]


def test_the_sign_test_leaves_ties_out():
    first = outcomes(*[(INF, 1)] * 6, (INF, 2))
    assert sign_test_of_wins(first, outcomes(*[(INF, 2)] * 7)) == pytest.approx(2 / 2**6)
    assert sign_test_of_wins(first, first) == 1


def test_the_two_sample_test_counts_all_splits():
    rng = np.random.default_rng(0)
    for _ in range(20):
        n = int(rng.integers(2, 6))
        pooled = Outcomes(rng.choice([1.0, 2.0, INF], 2 * n), rng.choice([0.0, 1.0, INF], 2 * n))
        first, second = (Outcomes(*(each[part] for each in pooled)) for part in (slice(n), slice(n, None)))
        scores = np.array([directions(outcomes(run), pooled).sum() for run in zip(*pooled, strict=True)])
        every = np.array([scores[list(chosen)].sum() for chosen in combinations(range(2 * n), n)])
        expected = (np.abs(every) >= abs(scores[:n].sum())).mean()
        assert two_sample_test(first, second) == pytest.approx(expected)


def test_without_targets_and_ties_it_is_mann_and_whitneys():
    rng = np.random.default_rng(1)
    first, second = rng.standard_normal((2, 9))
    none = np.full(9, INF)
    expected = stats.mannwhitneyu(first, second, method="exact").pvalue
    assert two_sample_test(Outcomes(none, first), Outcomes(none, second)) == pytest.approx(expected)


def test_five_seeds_that_all_fail_differ_from_five_that_all_succeed():
    """2 of the 252 splits of ten runs are as uneven; the sign test's least p-value at five pairs is 1 / 16."""
    good, bad = outcomes(*[(20, 0)] * 5), outcomes(*[(INF, 1)] * 5)
    assert two_sample_test(good, bad) == pytest.approx(2 / 252)
    assert sign_test_of_wins(good, bad) == pytest.approx(1 / 16)


@pytest.mark.parametrize(
    ("n", "comparisons", "name"),
    [
        (30, 28, "sign"),
        (11, 28, "sign"),
        (10, 28, "two-sample"),
        (7, 28, "two-sample"),
        (6, 28, ""),
        (5, 1, "two-sample"),
        (6, 1, "sign"),
        (3, 1, ""),
    ],
)
def test_the_test_is_one_that_can_tell_with_so_many_seeds(n, comparisons, name):
    test = able_test(n, comparisons)
    assert (test.name.split()[0] if test else "") == name


def test_fewest_runs_is_where_a_test_begins_to_tell():
    assert [fewest_runs(pairs) for pairs in (1, 3, 28)] == [4, 5, 7]


@pytest.mark.parametrize("shared", [0.0, 0.9])
def test_methods_that_are_alike_are_told_apart_at_most_as_often_as_the_level_allows(shared):
    """Both tests, at seeds so few that the second is in use, whether or not runs of one seed are alike."""
    rng = np.random.default_rng(2)
    n, rounds = 8, 1500
    false = np.zeros(2)
    for _ in range(rounds):
        common = rng.standard_normal(n)
        one, other = (
            Outcomes(np.full(n, INF), np.sqrt(shared) * common + np.sqrt(1 - shared) * rng.standard_normal(n))
            for _ in range(2)
        )
        false += [two_sample_test(one, other) < 0.05, sign_test_of_wins(one, other) < 0.05]
    assert (false / rounds <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / rounds)).all()
