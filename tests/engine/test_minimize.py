"""A function of the user's own, searched in one call."""

import numpy as np
import pytest
import torch

from src.core.checks import FieldError
from src.engine.minimize import minimize
from src.problems.plain_function import PlainFunction
from src.search.random_search import RandomSearch

SEARCH = RandomSearch(population=10)
BOX = ([-1.0, 0.0, 2.0], [1.0, 3.0, 4.0])


def bowl(point: np.ndarray) -> float:
    assert point.shape == (3,)
    return float(((point - [0.5, 1.0, 3.0]) ** 2).sum())


def many(points: np.ndarray) -> np.ndarray:
    return ((points - [0.5, 1.0, 3.0]) ** 2).sum(axis=1)


def test_a_plain_function_is_minimized_for_each_seed():
    result = minimize(bowl, SEARCH, *BOX, budget=200, seeds=5)
    assert result.best.shape == (5, 200)
    assert (result.best[:, -1] < 0.3).all()
    assert [bowl(point.numpy()) for point in result.point] == pytest.approx(result.best[:, -1].tolist())
    assert len(set(result.best[:, -1].tolist())) == 5


def test_many_points_at_once_give_the_same():
    looped, vectorized = (
        minimize(function, SEARCH, *BOX, budget=50, seeds=3, vectorized=function is many) for function in (bowl, many)
    )
    torch.testing.assert_close(looped.best, vectorized.best)


def test_a_function_is_found_by_its_import_path():
    fields = {"lower": [-2.0] * 3, "upper": [2.0] * 3, "start": None, "steps": 9, "tolerance": 1e-4, "lowest": 0.0}
    problem = PlainFunction(function="scipy.optimize.rosen", vectorized=False, **fields)
    assert problem.value(torch.ones(2, 3, dtype=torch.float64)).tolist() == [0, 0]
    assert problem.target == 1e-4
    for wrong in ("scipy.optimize.nothing", "nowhere.at_all", "word", "scipy.__name__"):
        with pytest.raises(FieldError, match="function"):
            PlainFunction(function=wrong, vectorized=False, **fields)


def test_a_function_that_gives_something_else_is_refused():
    with pytest.raises(FieldError, match="function"):
        minimize(lambda points: points, SEARCH, *BOX, budget=20, seeds=1, vectorized=True)
