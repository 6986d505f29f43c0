"""L-SHADE against its paper's equations by hand, and its law of shrinking."""

import math
from dataclasses import replace

import pytest
import torch

from src.core.checks import FieldError
from src.core.draws import Draws
from src.core.search import Setup
from src.core.streams import seeds
from src.search.l_shade import TERMINAL, LShade, cauchy_above_zero, halfway, lehmer

METHOD = LShade(population=None, memory=6, best_share=0.11, archive=2.6)
SETUP = Setup(
    start=torch.zeros(2, 2, dtype=torch.float64),
    lower=torch.tensor([-10.0, 0.0], dtype=torch.float64),
    upper=torch.tensor([10.0, 1.0], dtype=torch.float64),
    budget=1000,
)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def after(method, generations, values=None, setup=SETUP):
    draws, state, counts = Draws(seeds(setup.rows)), method.init(setup), []
    for _ in range(generations):
        points, state = method.ask(state, draws)
        counts.append(points.shape[1])
        told = points.square().sum(-1) if values is None else torch.full(points.shape[:2], values).double()
        state = method.tell(state, points, told, None, draws)
    return state, counts


def test_the_population_shrinks_linearly_to_four():
    """From 18 D = 36: after 36 of 1000 evaluations 36 - 32 * 0.036 = 34.8, and so on."""
    state, counts = after(METHOD, 80)
    spent = 0
    for count in counts:
        assert count == round(36 + (4 - 36) * min(1, spent / 1000))
        spent += count
    assert counts[:2] == [36, 35]
    assert counts[-1] == 4
    assert state.archive.shape[1] == round(2.6 * 4)
    assert (state.archived <= state.archive.shape[1]).all()


def test_the_best_points_stay_when_the_population_shrinks():
    draws, state = Draws(seeds(2)), METHOD.init(SETUP)
    points, state = METHOD.ask(state, draws)
    values = points.square().sum(-1)
    state = METHOD.tell(state, points, values, None, draws)
    assert state.values[0].tolist() == values[0].sort().values[:35].tolist()


def test_means_are_weighted_lehmer_means():
    """(1 * 0.25 + 3 * 1) / (1 * 0.5 + 3 * 1)."""
    assert float(lehmer(tensor(0.5, 1.0), tensor(1.0, 3.0))) == pytest.approx(3.25 / 3.5)


def test_weights_are_cauchy_given_that_they_are_above_zero():
    """Quantiles of Cauchy(0.3, 0.1) above 0, where 1/2 - atan(3) / pi lies below 0."""
    below = 0.5 - math.atan(3) / math.pi
    median = 0.3 + 0.1 * math.tan(math.pi * (below + (1 - below) / 2 - 0.5))
    found = cauchy_above_zero(tensor(0.3, 0.3), tensor(0.0, 0.5))
    assert found.tolist() == pytest.approx([0.0, median], abs=1e-12)


def test_a_coordinate_outside_goes_halfway_to_the_face():
    points, parents = tensor([-20.0, 0.5], [0.0, 3.0])[None], tensor([4.0, 0.2], [1.0, 0.6])[None]
    assert halfway(points, parents, SETUP)[0].tolist() == [[-3.0, 0.5], [0.0, 0.8]]


def told(gains, weights, crossovers):
    """State after one generation with these gains (R, 4) of trials with these F and CR."""
    method = replace(METHOD, population=4)
    state = after(method, 1)[0]
    state = replace(state, weights=tensor(*weights), crossovers=tensor(*crossovers))
    trials = state.points + 0.001
    return method.tell(state, trials, state.values - tensor(*gains), None, Draws(seeds(2))), state


def test_one_mean_is_learnt_from_the_trials_that_were_better():
    gains = [[1.0, 3.0, 0.0, -1.0], [0.0, 0.0, -1.0, -1.0]]
    state, before = told(gains, [[0.5, 1.0, 0.1, 0.1]] * 2, [[0.2, 0.4, 0.9, 0.9]] * 2)
    assert state.remembered_weights[0].tolist() == pytest.approx([3.25 / 3.5, *[0.5] * 5])
    assert state.remembered_crossovers[0].tolist() == pytest.approx([(0.04 + 3 * 0.16) / 1.4, *[0.5] * 5])
    assert state.remembered_weights[1].tolist() == [0.5] * 6
    assert state.position.tolist() == [1, 0]
    assert state.archived.tolist() == [2, 0]
    parents = {tuple(point) for point in before.points[0, :2].tolist()}
    assert {tuple(point) for point in state.archive[0, :2].tolist()} == parents


def test_a_crossover_that_has_come_to_zero_stays_there():
    state, _ = told([[1.0, 0.0, 0.0, 0.0]] * 2, [[0.5] * 4] * 2, [[0.0] * 4] * 2)
    assert state.remembered_crossovers[:, 0].tolist() == [TERMINAL] * 2
    method = replace(METHOD, population=4, memory=1)
    only = replace(
        state,
        remembered_weights=state.remembered_weights[:, :1],
        remembered_crossovers=state.remembered_crossovers[:, :1],
        position=torch.zeros(2, dtype=torch.int64),
    )
    trials, asked = method.ask(only, Draws(seeds(2)))
    assert (asked.crossovers == 0).all()
    assert ((trials != only.points).sum(dim=2) <= 1).all()


def test_parents_without_a_value_count_alike():
    """An infinite gain leaves the finite ones without weight."""
    state, _ = told([[math.inf, 1.0, math.inf, 0.0]] * 2, [[0.2, 0.9, 0.4, 0.9]] * 2, [[0.5] * 4] * 2)
    assert float(state.remembered_weights[0, 0]) == pytest.approx((0.04 + 0.16) / 0.6)


@pytest.mark.parametrize(("field", "value"), [("population", 3), ("memory", 0), ("best_share", 0), ("archive", -1)])
def test_what_is_not_allowed_is_refused(field, value):
    with pytest.raises(FieldError, match=field):
        replace(METHOD, **{field: value})
