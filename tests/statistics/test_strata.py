"""Means over strata: known intervals, equal weight, and no wider than they should be."""

import numpy as np
import pytest

from src.statistics.intervals import bootstrap, mean
from src.statistics.strata import stratified_mean


def test_strata_count_alike_whatever_their_size():
    assert stratified_mean([np.zeros(3), np.ones(30)]).value == pytest.approx(0.5)


def test_one_stratum_is_the_ordinary_bootstrap():
    values = np.arange(10.0)
    assert stratified_mean([values]) == bootstrap(values, mean)


def test_constant_strata_leave_no_doubt():
    assert stratified_mean([np.full(5, 1.0), np.full(7, 2.0)]) == (1.5, 1.5, 1.5)


def test_the_interval_is_that_of_theory():
    """Means of 400 draws with sd 1 and 2: the mean of both has a standard error of sqrt(1 + 4) / 2 / 20."""
    draw = np.random.default_rng(0)
    estimate = stratified_mean([draw.normal(0, 1, 400), draw.normal(0, 2, 400)])
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * np.sqrt(5) / 40, rel=0.1)


def test_a_worked_example():
    # The seeds' means over both strata are 1, 2 and 3: the errors of strata that share seeds add up.
    seeds = np.array([1.0, 2.0, 3.0])
    assert stratified_mean([seeds - 1, seeds + 1]) == bootstrap(seeds, mean)
    # Strata that go against each other leave no error, seed by seed.
    assert stratified_mean([seeds, -seeds]) == (0, 0, 0)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 1.0])
def test_interval_covers_the_truth_of_strata_that_share_seeds(correlation):
    random = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        shared, own = random.normal(size=30), random.normal(size=(8, 30))
        found = stratified_mean(list(np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own))
        hits += found.low <= 0 <= found.high
    assert 0.93 <= hits / 400 <= 0.97


def test_strata_of_several_lengths_are_taken_as_dependent():
    one, other = np.arange(10.0), np.arange(7.0)
    found = stratified_mean([one, other])
    ends = [bootstrap(each, mean) for each in (one, other)]
    assert found == pytest.approx(np.mean(ends, axis=0))


def test_what_cannot_be_known_is_nan():
    assert np.isnan(stratified_mean([])).all()
    assert np.isnan(stratified_mean([np.ones(3), np.empty(0)])).all()
    alone = stratified_mean([np.ones(3), np.ones(1)])
    assert alone.value == 1
    assert np.isnan(alone[1:]).all()
