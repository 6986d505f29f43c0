import tracemalloc

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from src.statistics.concentration import exact_spread, limit_spread, pairwise_spread


@pytest.mark.parametrize("shape", [(2, 3), (250, 4), (601, 7)])
def test_spread_is_that_of_all_pairs(shape):
    points = np.random.default_rng(1).standard_normal(shape)
    found, pairs = pairwise_spread(points), pdist(points)
    square = squareform(pairs)
    assert found.mean == pytest.approx(pairs.mean(), rel=1e-12)
    assert found.sd == pytest.approx(pairs.std(), rel=1e-9, abs=1e-12)
    assert found.farthest == pytest.approx(square.max(1).mean(), rel=1e-12)
    np.fill_diagonal(square, np.inf)
    assert found.nearest == pytest.approx(square.min(1).mean(), rel=1e-10)


def test_coinciding_points_have_no_distance():
    found = pairwise_spread(np.ones((5, 3)))
    assert (found.mean, found.sd, found.nearest, found.farthest) == (0, 0, 0, 0)


def test_one_point_has_no_pairs():
    with pytest.raises(ValueError, match="at least two points, not 1"):
        pairwise_spread(np.ones((1, 3)))


def test_memory_is_bounded_by_blocks():
    points = np.random.default_rng(0).standard_normal((1000, 200))
    tracemalloc.start()
    pairwise_spread(points)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * 250 * 1000 * 8  # all differences at once would be 1.6 GB


def test_the_laws_known_values():
    # Row R63's 0.520, 0.222, 0.0711, 0.0222 are one draw of 1000 points each.
    np.testing.assert_allclose(exact_spread([2, 10, 100, 1000]), [0.520, 0.222, 0.0711, 0.0222], rtol=0.02)
    assert exact_spread(2) == pytest.approx(np.sqrt(4 / np.pi - 1), rel=1e-12)
    assert exact_spread(1) == pytest.approx(np.sqrt(np.pi / 2 - 1), rel=1e-12)
    np.testing.assert_allclose(exact_spread([100, 10_000]) / limit_spread([100, 10_000]), 1, atol=2e-3)
    assert limit_spread(200) == pytest.approx(0.05)
