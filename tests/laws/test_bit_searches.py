"""Laws of every search method for bits, as of those for boxes: rows are alone, points are bits, OneMax is solved."""

import pytest
import registry
import torch

from src.core.checks import FieldError
from src.core.draws import Draws
from src.core.search import Setup
from src.core.streams import seeds
from src.engine.search import SearchLoop

SEEDS = seeds(4)
BITS = registry.names_where("search", lambda method: method.domain == "bits")
PROBLEMS = registry.names_where("problem", lambda problem: problem.domain == "bits")


def search_loop(name, problem="onemax", budget=300, **changes):
    task = registry.shared("problem", problem)
    lower, upper = task.box()
    method = registry.build("search", name)
    return SearchLoop(problem=task, method=method, lower=lower, upper=upper, budget=budget, **changes)


def starts(count=4):
    return torch.zeros(count, registry.shared("problem", "onemax").dimension, dtype=torch.float64)


def assert_equal(left, right):
    torch.testing.assert_close(left, right, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize("name", BITS)
def test_batched_equals_alone_and_bits_repeat(name):
    together = search_loop(name).run(starts(), SEEDS)
    for s, seed in enumerate(SEEDS):
        alone = search_loop(name).run(starts(1), [seed])
        assert_equal(alone.best[0], together.best[s])
        assert_equal(alone.point[0], together.point[s])
    assert_equal(search_loop(name).run(starts(), SEEDS, chunk=3).best, together.best)


@pytest.mark.parametrize("name", BITS)
def test_points_are_bits_and_a_neighbour_without_finite_values_is_harmless(name):
    method, problem = registry.build("search", name), registry.shared("problem", "three_sat")
    lower, upper = problem.box()
    runs = []
    for poisoned in (False, True):
        draws, state, asked = Draws(SEEDS), method.init(Setup(starts(), lower, upper, 300)), []
        for _ in range(8):
            points, state = method.ask(state, draws)
            assert ((points == 0) | (points == 1)).all()
            before = points.clone()
            values = problem.value(points)
            if poisoned:
                values[1] = torch.inf
            state = method.tell(state, points, values, None, draws)
            assert_equal(points, before)
            asked.append(points[[0, 2, 3]])
        runs.append(torch.cat(asked, dim=1))
    assert_equal(runs[0], runs[1])


@pytest.mark.parametrize("name", BITS)
def test_one_max_is_solved_and_a_target_only_ends_the_loop(name):
    problem = registry.shared("problem", "onemax")
    whole = search_loop(name, budget=6000).run(starts(), SEEDS)
    assert (whole.best[:, -1] == 0).all()
    assert_equal(problem.value(whole.point), whole.best[:, -1])
    # Annealing's schedule is set by its budget, not by when it ends.
    ended = search_loop(name, budget=6000, target=problem.target).run(starts(), SEEDS)
    assert_equal(ended.best, whole.best)
    assert (ended.used < whole.used).all()


@pytest.mark.parametrize("name", BITS)
def test_methods_for_bits_and_for_boxes_do_not_mix(name):
    with pytest.raises(FieldError, match="search"):
        search_loop(name, "rastrigin")
    with pytest.raises(FieldError, match="search"):
        search_loop("random_search", "onemax")


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_of_bits_has_its_minimum_among_them(name):
    problem = registry.shared("problem", name)
    minima = torch.tensor(problem.minimum.points, dtype=torch.float64)
    assert ((minima == 0) | (minima == 1)).all()
    assert (problem.value(minima) <= problem.target).all()
    random = torch.from_numpy(seeds(1)[0].generator("search").integers(0, 2, (5000, problem.dimension))).double()
    assert problem.value(random).min() >= problem.minimum.value - 1e-12
