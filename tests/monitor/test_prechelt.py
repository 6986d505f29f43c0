"""Prechelt's rules against their formulas in plain Python, and by hand."""

import math

import numpy as np
import pytest
import torch

from src.core.checks import FieldError
from src.monitor.prechelt import GeneralizationLoss, SuccessiveRises, progress_quotient
from src.monitor.replay import replay
from src.monitor.rule import NEVER
from src.monitor.stopping import Patience

WATCH = {"metric": "tuning_metric", "freeze": False, "gradient_tolerance": 0.0}


def fired(rule, values, *, higher=False, every=1):
    table = torch.tensor(values, dtype=torch.float64)
    return replay(rule, table, torch.arange(len(table)) * every, higher_is_better=higher).tolist()


def overfitting(rows=40, checks=81):
    """Validation and training errors that fall, the former to rise again; noisy, above 0."""
    draw = np.random.default_rng(1)
    t = np.linspace(0, 4, checks)[:, None]
    valid = 1 + (t - draw.uniform(0.5, 3, rows)) ** 2 + draw.normal(0, 0.05, (checks, rows))
    return valid, 0.2 + np.exp(-t) + draw.uniform(0, 0.05, (checks, rows))


def gl(valid, t):
    return 100 * (valid[t] / min(valid[: t + 1]) - 1)


def gl_in_python(valid, alpha):
    return next((t for t in range(len(valid)) if gl(valid, t) > alpha), NEVER)


def up_in_python(valid, s, k):
    """UP_s by its recursive definition."""

    def stops(s, t):
        return t >= k and valid[t] > valid[t - k] and (s == 1 or stops(s - 1, t - k))

    return next((t for t in range(k, len(valid), k) if stops(s, t)), NEVER)


def pq_in_python(valid, train, alpha, k):
    for t in range(k, len(valid), k):
        strip = train[t - k + 1 : t + 1]
        progress = 1000 * (sum(strip) / (k * min(strip)) - 1)
        if gl(valid, t) / progress > alpha:
            return t
    return NEVER


@pytest.mark.parametrize("alpha", [0.0, 2.0, 5.0, 30.0, 1e6])
def test_generalization_loss_agrees_with_its_formula(alpha):
    valid, _ = overfitting()
    expected = [gl_in_python(column, alpha) for column in valid.T.tolist()]
    assert fired(GeneralizationLoss(alpha=alpha, **WATCH), valid) == expected
    assert expected == [NEVER] * 40 if alpha == 1e6 else len(set(expected)) > 1


@pytest.mark.parametrize(("s", "k"), [(1, 1), (2, 5), (4, 5), (3, 7), (50, 5)])
def test_successive_rises_agree_with_their_recursion(s, k):
    valid, _ = overfitting()
    expected = [up_in_python(column, s, k) for column in valid.T.tolist()]
    assert fired(SuccessiveRises(strips=s, strip=k, **WATCH), valid) == expected
    assert expected == [NEVER] * 40 if s == 50 else len(set(expected)) > 1


@pytest.mark.parametrize(("alpha", "k"), [(0.0, 5), (0.1, 5), (0.5, 4), (1e6, 5)])
def test_the_progress_quotient_agrees_with_its_formula(alpha, k):
    valid, train = overfitting()
    expected = [pq_in_python(v, t, alpha, k) for v, t in zip(valid.T.tolist(), train.T.tolist(), strict=True)]
    steps = torch.arange(len(valid))
    found = progress_quotient(torch.tensor(valid), torch.tensor(train), steps, alpha=alpha, strip=k)
    assert found.tolist() == expected
    assert expected == [NEVER] * 40 if alpha == 1e6 else len(set(expected)) > 1


def test_steps_are_told_and_not_checks():
    values = [[2.0], [1.0], [1.2]]
    assert fired(GeneralizationLoss(alpha=10.0, **WATCH), values, every=34) == [68]
    assert fired(SuccessiveRises(strips=1, strip=2, **WATCH), [[1.0], [0.0], [1.5]], every=10) == [20]
    rising = torch.tensor([[1.0], [1.0], [1.5]])
    flat = torch.ones(3, 1)
    steps = torch.tensor([0, 7, 14])
    assert progress_quotient(rising, flat, steps, alpha=1.0, strip=2).tolist() == [14]
    assert progress_quotient(rising, flat, steps, alpha=1.0, strip=3).tolist() == [NEVER]  # no strip has ended


def test_accuracy_is_maximized_and_losses_below_zero_are_relative_to_their_size():
    assert fired(GeneralizationLoss(alpha=10.0, **WATCH), [[0.5], [0.8], [0.73], [0.71]], higher=True) == [3]
    assert fired(GeneralizationLoss(alpha=10.0, **WATCH), [[-1.0], [-2.0], [-1.85], [-1.7]]) == [3]
    assert fired(SuccessiveRises(strips=1, strip=1, **WATCH), [[0.5], [0.8], [0.7]], higher=True) == [2]


def test_a_nan_is_infinitely_bad():
    values = [[math.nan, 1.0], [1.0, math.nan], [1.0, 1.0]]
    assert fired(GeneralizationLoss(alpha=5.0, **WATCH), values) == [NEVER, 1]
    assert fired(SuccessiveRises(strips=1, strip=1, **WATCH), values) == [NEVER, 1]


def test_a_replay_keeps_the_first_firing_of_patience():
    rule = Patience(patience=2, min_delta=0.0, **WATCH)
    assert fired(rule, [[1.0, 1], [1, 0.9], [1, 0.8], [0, 0.7], [0, 0.6], [0, 0.5]], every=3) == [6, NEVER]


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        (GeneralizationLoss, {"alpha": -1.0}, "alpha"),
        (SuccessiveRises, {"strips": 0, "strip": 5}, "strips"),
        (SuccessiveRises, {"strips": 2, "strip": 0}, "strip"),
        (GeneralizationLoss, {"alpha": 1.0, "metric": "luck"}, "metric"),
    ],
)
def test_a_bad_field_is_named(kind, fields, wrong):
    with pytest.raises(FieldError, match=rf"{kind.__name__}\.{wrong} = "):
        kind(**WATCH | fields)
