"""Quantiles where diverged replicates count as the worst."""

import numpy as np
import pytest

from src.tables.quantiles import quantiles

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 2, 3, 4, 5], [2, 3, 4]),
        ([1.0, 2, 3, 4], [1.75, 2.5, 3.25]),
        ([1.0, 2, 3, 4, INF], [2, 3, 4]),
        ([NAN, 4, 3, 2, 1], [2, 3, 4]),
        ([1.0, 2, 3, INF], [1.75, 2.5, INF]),  # between 3 and inf
        ([1.0, 2, NAN, INF], [1.75, INF, INF]),
        ([1.0, INF, INF], [INF, INF, INF]),
        ([1.0, 1, INF, INF, INF], [1, INF, INF]),
        ([NAN, NAN], [INF, INF, INF]),
        ([7.0], [7, 7, 7]),
    ],
)
def test_nan_and_infinity_are_the_worst(values, expected):
    assert quantiles(np.array(values)).tolist() == expected


def test_leading_axes_are_kept_and_each_series_is_alone():
    table = np.array([[[1.0, 2, 3], [NAN, NAN, 1]], [[5, 5, 5], [INF, 0, 0]]])
    assert quantiles(table, (0.5,)).tolist() == [[[2, INF], [5, 0]]]


def test_numpy_is_followed_where_all_are_finite():
    values = np.random.default_rng(0).normal(size=(4, 31))
    assert np.array_equal(quantiles(values, (0.1, 0.9)), np.quantile(values, (0.1, 0.9), axis=-1))


def test_the_values_are_not_changed():
    values = np.array([NAN, 1.0])
    quantiles(values)
    assert np.isnan(values[0])
