"""A function of the user's own: what it does to its argument does not reach the search."""

import numpy as np
import pytest
import torch

from src.engine.minimize import minimize
from src.search.random_search import RandomSearch


def shifts_its_argument(point):
    point -= 0.3
    return float((point**2).sum())


def same_function(point):
    return float(((point - 0.3) ** 2).sum())


@pytest.mark.parametrize("vectorized", [False, True])
def test_a_function_that_changes_its_argument_moves_nothing(vectorized):
    def many(function):
        return (lambda points: np.array([function(point) for point in points])) if vectorized else function

    box = {"lower": [-1.0, -1.0], "upper": [1.0, 1.0], "budget": 200, "seeds": 3, "vectorized": vectorized}
    method = RandomSearch(population=10)
    changed, kept = (minimize(many(one), method, **box) for one in (shifts_its_argument, same_function))
    assert torch.equal(changed.best, kept.best)
    assert torch.equal(changed.point, kept.point)
    assert (changed.point - 0.3).abs().max() < 0.5
