from itertools import combinations

import numpy as np
import pytest

from src.statistics.multiplicity import benjamini_hochberg, holm, p_value_of_interval


def test_a_hand_computed_example():
    # Rising: 0.005 * 4, 0.01 * 3, 0.03 * 2, then 0.04 * 1 raised to what came before.
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])


def test_capped_at_one_and_ties_are_equal():
    np.testing.assert_allclose(holm([0.6, 0.9, 0.6]), [1, 1, 1])
    np.testing.assert_allclose(holm([0.02, 0.02]), [0.04, 0.04])


def test_one_comparison_is_left_alone_and_none_is_none():
    np.testing.assert_array_equal(holm([0.03]), [0.03])
    assert holm([]).shape == (0,)


def test_equals_the_closure_of_bonferroni():
    # A hypothesis is rejected exactly when Bonferroni rejects every intersection that holds it.
    for p in np.random.default_rng(0).random((20, 4)) ** 2:
        groups = [g for size in range(1, 5) for g in combinations(range(4), size)]
        closed = [max(min(1, len(g) * min(p[list(g)])) for g in groups if i in g) for i in range(4)]
        np.testing.assert_allclose(holm(p), closed)


def test_order_of_the_arguments_does_not_matter():
    p = np.array([0.04, 0.001, 0.2, 0.03])
    shuffle = np.array([2, 0, 3, 1])
    np.testing.assert_array_equal(holm(p[shuffle]), holm(p)[shuffle])


@pytest.mark.parametrize("p", [[1.2], [-0.1], [np.nan], [[0.1, 0.2]]])
def test_what_is_no_list_of_p_values_is_refused(p):
    with pytest.raises(ValueError, match=r"p-values|NaN"):
        holm(p)


def test_benjamini_and_hochberg_by_hand():
    """0.005, 0.01, 0.03, 0.04 of four: times 4, 2, 4/3 and 1."""
    assert benjamini_hochberg([0.04, 0.01, 0.03, 0.005]) == pytest.approx([0.04, 0.02, 0.04, 0.02])
    assert benjamini_hochberg([]).size == 0


@pytest.mark.parametrize(
    ("estimate", "low", "high", "null", "p"),
    [
        (1.0, 0.0, 2.0, 0.0, 0.05),  # the interval's end is the null
        (1.0, 0.0, 3.0, 3.0, 0.05),  # the half that faces the null counts
        (1.0, 0.0, 2.0, 1.0, 1.0),
        (1.0, 0.5, 2.0, 0.0, 2 * 4.4287e-5),  # 2 * 1.96 errors
        (0.0, 0.0, 0.0, 1.0, 0.0),
        (0.0, 0.0, 0.0, 0.0, 1.0),
        (np.inf, np.inf, np.inf, 1.0, 0.0),
    ],
)
def test_the_p_value_of_an_interval(estimate, low, high, null, p):
    assert p_value_of_interval(estimate, low, high, null) == pytest.approx(p, rel=1e-3)


def test_the_p_value_of_an_unknown_interval_is_unknown():
    assert np.isnan(p_value_of_interval(1.0, np.nan, np.nan, 0.0))
