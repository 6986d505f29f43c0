"""Laws of every schedule, starting point and weight initialization in ``conf/``."""

import math

import pytest
import registry
import torch

from src.core.checks import FieldError
from src.core.streams import seeds
from src.monitor.rule import StoppingRule
from src.protocol.profile import Profile
from src.protocol.tuning.grid import Tuning

# (group, yaml, problem): starts on landscapes of two types of start, initializations on two kinds of network.
DRAWS = [
    *(("start", name, problem) for name in registry.names("start") for problem in ("rosenbrock", "parabola")),
    *(("init", name, problem) for name in registry.names("init") for problem in ("digits_mlp", "digits_cnn")),
]
every_draw = pytest.mark.parametrize(("group", "name", "problem"), DRAWS)


@pytest.mark.parametrize("name", registry.names("schedule"))
def test_a_schedule_is_a_pure_finite_factor(name):
    schedule = registry.build("schedule", name)
    steps = range(registry.STEPS + 6)
    forwards = [schedule.factor(step) for step in steps]
    backwards = [schedule.factor(step) for step in reversed(steps)]
    assert forwards == backwards[::-1]
    assert all(isinstance(factor, float) and math.isfinite(factor) and factor >= 0 for factor in forwards)
    assert max(forwards) > 0.5  # a factor on the rate, not a rate


@every_draw
def test_a_draw_has_one_row_a_seed_in_the_problems_type(group, name, problem):
    start, task = registry.build(group, name), registry.shared("problem", problem)
    drawn = start.draw(task, seeds(5))
    assert (drawn.shape, drawn.dtype) == ((5, task.dimension), task.dtype)
    assert drawn.isfinite().all()


@every_draw
def test_a_row_depends_on_its_own_seed_alone(group, name, problem):
    start, task, all_seeds = registry.build(group, name), registry.shared("problem", problem), seeds(40)
    together = start.draw(task, all_seeds)
    for row in (0, 17, 39):
        assert start.draw(task, [all_seeds[row]]).equal(together[row : row + 1])
    assert start.draw(task, all_seeds[::-1]).equal(together.flip(0))
    assert start.draw(task, all_seeds).equal(together)


@every_draw
def test_splits_and_roots_share_no_random_start(group, name, problem):
    """A start that is not random gives all seeds of all splits the same points."""
    start, task = registry.build(group, name), registry.shared("problem", problem)
    draws = [start.draw(task, seeds(2, split, root)) for split, root in (("test", 0), ("tuning", 0), ("test", 1))]
    same = [bool((first == other).all()) for first, other in ((draws[0], draws[1]), (draws[0], draws[2]))]
    different = [bool((first != other).any(1).all()) for first, other in ((draws[0], draws[1]), (draws[0], draws[2]))]
    assert all(same) or all(different)


@pytest.mark.parametrize("name", registry.names("init"))
def test_an_initialization_refuses_a_landscape(name):
    with pytest.raises(FieldError, match="must be a network"):
        registry.build("init", name).draw(registry.shared("problem", "bowl"), seeds(1))


def test_a_start_draws_landscapes_of_any_dimension():
    four = registry.shared("problem", "rosenbrock_4d")
    for name in registry.names("start"):
        if name != "given":
            assert registry.build("start", name).draw(four, seeds(3)).shape == (3, 4)


@pytest.mark.parametrize("name", registry.names("stopping"))
def test_a_stopping_rule_starts_with_nothing_seen(name):
    rule = registry.build("stopping", name)
    assert isinstance(rule, StoppingRule)
    state = rule.init(3, torch.device("cpu"))
    assert {tuple(tensor.shape) for tensor in state} == {(3,)}
    before = [tensor.tolist() for tensor in state]
    after = rule.check(state, torch.tensor([1.0, 2.0, 3.0]), 0, higher_is_better=False)
    assert after.stopped_step.tolist() == [-1] * 3
    assert [tensor.tolist() for tensor in state] == before


@pytest.mark.parametrize("name", registry.names("tuning"))
def test_a_grid_of_rates_ascends_between_its_ends(name):
    tuning = registry.build("tuning", name)
    assert isinstance(tuning, Tuning)
    grid = tuning.grid()
    assert len(grid) == tuning.rates
    assert (grid[1:] > grid[:-1]).all()
    assert [grid[0], grid[-1]] == pytest.approx([tuning.lowest, tuning.highest])


@pytest.mark.parametrize("name", registry.names("profile"))
def test_a_profile_caps_and_never_adds(name):
    profile = registry.build("profile", name)
    assert isinstance(profile, Profile)
    assert profile.name == name
    for asked in (1, 2, 30, 1000):
        assert 1 <= profile.seeds(asked) <= asked
        assert 1 <= profile.tuning_seeds(asked) <= asked
        assert 1 <= profile.steps(asked) <= asked
