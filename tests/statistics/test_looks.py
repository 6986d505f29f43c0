"""The plan of looks: what is spent at all of them is ALPHA, and no look has a level that resamples cannot resolve."""

import numpy as np
import pytest

from src.statistics.intervals import CONFIDENCE, RESAMPLES, resample_count
from src.statistics.looks import ALPHA, LEAST_ALPHA, Look, plan_looks, spent


@pytest.mark.parametrize("blocks", [1, 2, 3, 4, 7, 16, 20, 40, 100])
def test_a_plan_spends_alpha_and_ends_with_all_blocks(blocks):
    looks = plan_looks(blocks)
    alphas = [1 - look.confidence for look in looks]
    assert sum(alphas) == pytest.approx(ALPHA)
    assert min(alphas) > LEAST_ALPHA - 1e-12
    assert [look.number for look in looks] == list(range(1, len(looks) + 1))
    assert looks[-1].blocks == blocks
    assert sorted({look.blocks for look in looks}) == [look.blocks for look in looks]
    assert min(look.confidence for look in looks) >= CONFIDENCE - 1e-12
    assert max(resample_count(confidence=look.confidence) for look in looks) < 7 * RESAMPLES


def test_a_single_look_is_the_usual_one():
    assert plan_looks(1) == [Look(1, 1, CONFIDENCE)]


def test_four_looks_have_the_levels_of_the_spending_function():
    expected = np.diff([0.05 * np.log(1 + (np.e - 1) * share) for share in (0, 0.25, 0.5, 0.75, 1)])
    np.testing.assert_allclose([1 - look.confidence for look in plan_looks(4)], expected, rtol=1e-12)
    assert spent(0) == 0
    assert spent(1) == pytest.approx(ALPHA)


def test_of_many_blocks_some_are_not_looked_at():
    assert [look.blocks for look in plan_looks(16)] == list(range(1, 17))
    assert len(plan_looks(40)) < 40
