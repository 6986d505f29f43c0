"""A function of the user's own, searched in one call."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from src.core.checks import FieldError
from src.core.search import Solver
from src.core.streams import seeds
from src.engine.minimize import minimize
from src.engine.search import SearchLoop
from src.problems.dimensions import in_dimensions
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
    fields = {
        "maximize": False,
        "lower": [-2.0] * 3,
        "upper": [2.0] * 3,
        "start": None,
        "steps": 9,
        "tolerance": 1e-4,
        "lowest": 0.0,
    }
    problem = PlainFunction(function="scipy.optimize.rosen", vectorized=False, **fields)
    assert problem.value(torch.ones(2, 3, dtype=torch.float64)).tolist() == [0, 0]
    assert problem.target == 1e-4
    for wrong in ("scipy.optimize.nothing", "nowhere.at_all", "word", "scipy.__name__"):
        with pytest.raises(FieldError, match="function"):
            PlainFunction(function=wrong, vectorized=False, **fields)


def test_a_function_that_gives_something_else_is_refused():
    with pytest.raises(FieldError, match="function"):
        minimize(lambda points: points, SEARCH, *BOX, budget=20, seeds=1, vectorized=True)


def test_a_function_that_changes_its_argument_or_keeps_its_result_spoils_nothing():
    def shifts(point):
        point -= 0.3
        return float((point**2).sum())

    kept = np.empty(10)

    def keeps(points):
        points -= 0.3
        kept[: len(points)] = (points**2).sum(axis=1)
        return kept[: len(points)]

    def pure(point):
        return float(((point - 0.3) ** 2).sum())

    expected = minimize(pure, SEARCH, [-1.0, -1.0], [1.0, 1.0], budget=40, seeds=3)
    for function in (shifts, keeps):
        found = minimize(function, SEARCH, [-1.0, -1.0], [1.0, 1.0], budget=40, seeds=3, vectorized=function is keeps)
        assert torch.equal(found.best, expected.best)
        assert torch.equal(found.point, expected.point)


@dataclass(frozen=True, kw_only=True)
class Uniform(Solver):
    """Uniform points, one by one."""

    def solve(self, objective, setup, generator):
        while True:
            objective(generator.uniform(setup.lower.numpy(), setup.upper.numpy()))


@pytest.mark.parametrize("method", [SEARCH, Uniform()])
@pytest.mark.parametrize("vectorized", [False, True])
def test_an_exception_is_a_failed_evaluation_and_is_counted(method, vectorized):
    def half(point):
        point = point[0] if vectorized else point
        if point[0] > 0:
            raise ArithmeticError("positive\nside")
        return [float((point**2).sum())] if vectorized else float((point**2).sum())

    found = minimize(half, method, [-1.0, -1.0], [1.0, 1.0], budget=30, seeds=2, vectorized=vectorized)
    assert found.best[:, -1].isfinite().all()
    assert (found.point[:, 0] <= 0).all()
    assert found.first_failure == "ArithmeticError: positive side"
    assert 0 < found.failed_evaluations < 60
    assert not found.failures


def test_values_that_are_not_finite_are_the_worst():
    def broken(points):
        return np.where(points[:, 0] > 0, -np.inf, np.where(points[:, 1] > 0, np.nan, (points**2).sum(axis=1)))

    found = minimize(broken, SEARCH, [-1.0, -1.0], [1.0, 1.0], budget=60, seeds=3, vectorized=True)
    assert found.best[:, -1].isfinite().all()
    assert (found.point <= 0).all()


def test_a_function_is_maximized():
    found = minimize(lambda point: -bowl(point), SEARCH, *BOX, budget=200, seeds=5, maximize=True)
    assert torch.equal(found.best, minimize(bowl, SEARCH, *BOX, budget=200, seeds=5).best)


def own(function, lowest, *, maximize=False):
    return PlainFunction(
        function=function, vectorized=False, maximize=maximize, lowest=lowest,
        lower=BOX[0], upper=BOX[1], start=None, steps=9, tolerance=1e-4,
    )  # fmt: skip


def test_a_value_below_the_stated_minimum_is_said_with_its_point():
    def searched(problem):
        low, high = problem.box()
        start = torch.zeros(2, 3, dtype=torch.float64)
        return SearchLoop(problem=problem, method=SEARCH, lower=low, upper=high, budget=50).run(start, seeds(2))

    with pytest.raises(
        FieldError, match=r"PlainFunction\.lowest = 1\.0: must be at most 0\.\d+, which .* at \["
    ) as said:
        searched(own(bowl, 1.0))
    assert "\n" not in str(said.value)
    with pytest.raises(FieldError, match=r"PlainFunction\.lowest = -1\.0: must be at least -0\.\d+"):
        searched(own(lambda point: -bowl(point), -1.0, maximize=True))
    best = float(searched(own(bowl, 0.0)).best.min())
    searched(own(bowl, best + 0.9e-4))  # below by less than the tolerance
    searched(own(bowl, None))


def test_a_function_keeps_its_own_dimension():
    with pytest.raises(FieldError, match=r"dimension = 2: must be 3, its own number"):
        in_dimensions(own(bowl, 0.0), 2)
