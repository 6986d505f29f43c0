import numpy as np
import pytest

from src.statistics.runtime_profile import runtime_profile


def test_the_share_is_of_pairs_of_run_and_target():
    found = runtime_profile([[1.0, 10.0, np.nan], [2.0, np.inf, np.nan]], [0.5, 1, 2, 9, 10, 100])
    assert found.share.tolist() == pytest.approx([0, 1 / 6, 2 / 6, 2 / 6, 3 / 6, 3 / 6])
    assert (found.low <= found.share).all()
    assert (found.high >= found.share).all()


def test_the_interval_is_over_runs_and_covers_as_it_says():
    pick, inside = np.random.default_rng(0), 0
    for _ in range(100):
        found = runtime_profile(pick.exponential(size=(30, 1)), [np.log(2)])
        inside += bool(found.low[0] <= 0.5 <= found.high[0])
    assert 88 <= inside <= 99


def test_runs_that_agree_leave_no_doubt_and_one_run_leaves_all():
    assert runtime_profile(np.ones((5, 3)), [1.0]).low.tolist() == [1.0]
    assert np.isnan(runtime_profile(np.ones((1, 3)), [1.0]).low).all()
    with pytest.raises(ValueError, match="runs by targets"):
        runtime_profile(np.ones(3), [1.0])
