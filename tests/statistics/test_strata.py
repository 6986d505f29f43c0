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


def test_what_cannot_be_known_is_nan():
    assert np.isnan(stratified_mean([])).all()
    assert np.isnan(stratified_mean([np.ones(3), np.empty(0)])).all()
    alone = stratified_mean([np.ones(3), np.ones(1)])
    assert alone.value == 1
    assert np.isnan(alone[1:]).all()
