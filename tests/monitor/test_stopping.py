"""Patience against a plain-Python telling of the rule, and the rule's own edges."""

import math

import numpy as np
import pytest
import torch

from src.core.checks import FieldError
from src.monitor.rule import NEVER
from src.monitor.stopping import Patience

FIELDS = {"metric": "loss", "patience": 3, "min_delta": 0.0, "freeze": False, "gradient_tolerance": 0.0}
CPU = torch.device("cpu")


def fired(values, *, higher=False, every=1, **changes):
    """Step at which each row of ``values`` (K, R) fires."""
    rule = Patience(**FIELDS | changes)
    table = torch.tensor(values, dtype=torch.float64)
    state = rule.init(table.shape[1], CPU)
    for check, row in enumerate(table):
        state = rule.check(state, row, check * every, higher_is_better=higher)
    return state.stopped_step.tolist()


def replayed(values, patience, min_delta, *, higher=False):
    """The rule of row R60 for one series, told in plain Python."""
    best, waited = math.inf, 0
    for step, value in enumerate(values):
        cost = -value if higher else value
        if cost < best - min_delta:
            best, waited = cost, 0
        else:
            waited += 1
        if waited >= patience:
            return step
    return NEVER


@pytest.mark.parametrize("higher", [False, True])
@pytest.mark.parametrize(("patience", "min_delta"), [(1, 0.0), (3, 0.0), (3, 0.1), (10, 1e-4), (1000, 0.0)])
def test_it_agrees_with_the_rule_in_plain_python(patience, min_delta, higher):
    draw = np.random.default_rng(0)
    falling = -np.linspace(0, 3, 60)[:, None] * (-1 if higher else 1)
    values = falling + draw.normal(0, 0.4, (60, 40))
    values[draw.uniform(size=values.shape) < 0.02] = np.nan
    expected = [replayed(column, patience, min_delta, higher=higher) for column in values.T]
    assert fired(values, patience=patience, min_delta=min_delta, higher=higher) == expected
    if patience in (3, 10):
        assert len(set(expected)) > 5


def test_checks_are_counted_and_steps_are_told():
    assert fired([[5.0], [4], [4], [4], [4]], every=10) == [40]


def test_a_gain_of_exactly_min_delta_is_none():
    values = [[1.0], [0.5], [0.0], [-0.5]]
    assert fired(values, min_delta=0.5, patience=1) == [1]
    assert fired(values, min_delta=0.25, patience=1) == [NEVER]


def test_small_gains_add_up_against_the_reference():
    """Each gain is too small, but not all of them together: the reference only moves at an improvement."""
    assert fired([[1.0], [0.8], [0.6], [0.4], [0.2]], min_delta=0.5, patience=3) == [NEVER]
    assert fired([[1.0], [0.9], [0.8], [0.7], [0.6]], min_delta=0.5, patience=3) == [3]


def test_nan_and_infinity_are_no_improvement():
    assert fired([[math.nan, math.inf, 1.0]] * 3, patience=3) == [2, 2, NEVER]
    assert fired([[1.0], [math.nan], [0.5], [math.nan]], patience=2) == [NEVER]


def test_the_first_firing_is_kept():
    assert fired([[1.0], [1], [1], [0], [0], [0], [0]], patience=2) == [2]


def test_the_criterion_stands_for_the_problems_own():
    assert Patience(**FIELDS | {"metric": "tuning_metric"}).watched("valid_loss") == "valid_loss"
    assert Patience(**FIELDS).watched("valid_loss") == "loss"


@pytest.mark.parametrize(
    ("field", "value"),
    [("metric", "luck"), ("patience", 0), ("min_delta", -1e-9), ("freeze", 1), ("gradient_tolerance", -1.0)],
)
def test_a_bad_field_is_named(field, value):
    with pytest.raises(FieldError, match=rf"Patience\.{field} = {value!r}"):
        Patience(**FIELDS | {field: value})
