import numpy as np
import pytest

from src.statistics.variance_components import between_groups, spread, within_groups


def test_known_variances_are_recovered():
    pick = np.random.default_rng(0)
    values = 2.0 * pick.normal(size=(400, 1)) + 0.5 * pick.normal(size=(400, 10))
    assert between_groups(values) == pytest.approx(2.0, rel=0.08)
    assert within_groups(values) == pytest.approx(0.5, rel=0.03)
    found = spread(values)
    assert found.between.low < 2.0 < found.between.high
    assert found.within.low < 0.5 < found.within.high


def test_groups_that_differ_by_chance_alone_have_no_spread_between_them():
    found = spread(np.random.default_rng(1).normal(size=(200, 10)))
    assert found.between.value < 0.15
    assert found.within.value == pytest.approx(1.0, rel=0.05)


@pytest.mark.parametrize("strata", [1, 4])
@pytest.mark.parametrize("between", [0.3, 1.0, 2.0])
def test_intervals_of_ten_groups_cover_the_truth(strata, between):
    rng = np.random.default_rng(0)
    hits = np.zeros(2)
    for _ in range(200):
        values = between * rng.standard_normal((strata, 10, 1)) + rng.standard_normal((strata, 10, 10))
        found = spread(values)
        hits += [found.between.low <= between <= found.between.high, found.within.low <= 1 <= found.within.high]
    assert (hits / 200 >= 0.91).all()


def test_what_repeats_exactly_differs_between_groups_alone():
    values = np.repeat(np.array([[0.0], [1.0], [2.0]]), 4, axis=1)
    assert between_groups(values) == pytest.approx(1.0)
    assert within_groups(values) == 0
    strata = np.stack([values, 3 * values])
    assert spread(strata).between.value == pytest.approx(2.0)


@pytest.mark.parametrize("bad", [np.zeros((1, 3)), np.zeros((3, 1)), np.full((3, 3), np.inf)])
def test_what_has_no_spread_is_refused(bad):
    with pytest.raises(ValueError, match="spreads need"):
        spread(bad)
