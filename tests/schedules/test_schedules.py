"""Schedules: row R40's numbers by hand, torch's own schedulers, the horizon, and bad fields."""

import re
from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch.optim import lr_scheduler

from src.core.checks import FieldError
from src.core.schedule import Schedule
from src.schedules.constant import Constant
from src.schedules.cosine import Cosine
from src.schedules.exponential import ExponentialDecay
from src.schedules.inverse_sqrt import InverseSqrt
from src.schedules.one_cycle import OneCycle
from src.schedules.step import StepDecay
from src.schedules.warmup import Warmup
from src.schedules.warmup_linear import WarmupLinear

SHAPES: dict[str, Callable[..., Schedule]] = {
    "step": partial(StepDecay, drop=0.5, every=10),
    "exponential": partial(ExponentialDecay, decay=0.95),
    "cosine": Cosine,
    "warmup_linear": partial(WarmupLinear, warmup=5),
    "warmup": partial(Warmup, warmup=5),
    "inverse_sqrt": partial(InverseSqrt, warmup=5),
    "one_cycle": partial(OneCycle, warmup=30, div_factor=25.0, final_div_factor=1e4),
}
BY_HAND = {
    "step": {0: 1, 9: 1, 10: 0.5, 19: 0.5, 20: 0.25, 55: 0.03125, 99: 0.001953125},
    "exponential": {0: 1, 1: 0.95, 2: 0.9025, 3: 0.857375, 99: 0.00623214},
    "cosine": {0: 1, 25: 0.8535534, 50: 0.5, 75: 0.1464466, 99: 0.00024672},
    "warmup_linear": {0: 0.2, 1: 0.4, 4: 1, 5: 1, 24: 0.8, 62: 0.4, 99: 1 / 95},
    "warmup": {0: 0.2, 1: 0.4, 4: 1, 5: 1, 99: 1},
    "inverse_sqrt": {0: 0.2, 4: 1, 19: 0.5, 44: 1 / 3, 79: 0.25},
    "one_cycle": {0: 0.04, 29: 1, 64: 0.500002, 99: 4e-6},
}


@pytest.mark.parametrize("name", SHAPES)
def test_row_r40_numbers(name: str) -> None:
    schedule = SHAPES[name](horizon=100, epochs=100)
    for epoch, expected in BY_HAND[name].items():
        assert schedule.factor(epoch) == pytest.approx(expected, rel=1e-5), epoch


@pytest.mark.parametrize("name", SHAPES)
def test_a_longer_run_stretches_the_shape(name: str) -> None:
    """2000 steps of 100 schedule-epochs: 20 steps share one factor."""
    short, long = SHAPES[name](horizon=100, epochs=100), SHAPES[name](horizon=2000, epochs=100)
    assert [long.factor(step) for step in range(2000)] == [short.factor(step // 20) for step in range(2000)]


@pytest.mark.parametrize("name", SHAPES)
def test_a_shorter_run_skips_through_the_shape(name: str) -> None:
    """30 steps of 100 schedule-epochs: step 7 lies in schedule-epoch 23, the last step in 96."""
    full, short = SHAPES[name](horizon=100, epochs=100), SHAPES[name](horizon=30, epochs=100)
    assert (short.factor(7), short.factor(29)) == (full.factor(23), full.factor(96))


@pytest.mark.parametrize("name", SHAPES)
def test_steps_past_the_horizon_keep_the_last_factor(name: str) -> None:
    schedule = SHAPES[name](horizon=250, epochs=100)
    assert schedule.factor(250) == schedule.factor(10_000) == schedule.factor(249)
    assert all(0 < schedule.factor(step) <= 1 for step in range(250))


def test_constant_is_one_for_ever() -> None:
    assert [Constant().factor(step) for step in (0, 1, 10**9)] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SHAPES["step"], partial(lr_scheduler.StepLR, step_size=10, gamma=0.5)),
        (partial(StepDecay, drop=0.3, every=7), partial(lr_scheduler.StepLR, step_size=7, gamma=0.3)),
        (SHAPES["exponential"], partial(lr_scheduler.ExponentialLR, gamma=0.95)),
        (SHAPES["cosine"], partial(lr_scheduler.CosineAnnealingLR, T_max=100)),
        (SHAPES["warmup"], partial(lr_scheduler.LinearLR, start_factor=0.2, total_iters=4)),
        (SHAPES["one_cycle"], partial(lr_scheduler.OneCycleLR, max_lr=1.0, total_steps=100)),
        (
            partial(OneCycle, warmup=20, div_factor=10.0, final_div_factor=100.0),
            partial(
                lr_scheduler.OneCycleLR,
                max_lr=1.0,
                total_steps=100,
                pct_start=0.2,
                div_factor=10,
                final_div_factor=100,
            ),
        ),
    ],
)
def test_agrees_with_torch(ours: Callable[..., Schedule], theirs: Callable[..., lr_scheduler.LRScheduler]) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler, rates = theirs(optimizer), []
    for _ in range(100):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    schedule = ours(horizon=100, epochs=100)
    assert [schedule.factor(step) for step in range(100)] == pytest.approx(rates, rel=1e-10, abs=1e-15)


@pytest.mark.parametrize(
    ("name", "field", "value", "allowed"),
    [
        ("step", "horizon", 0, "a whole number, at least 1"),
        ("cosine", "horizon", 100.0, "a whole number, at least 1"),
        ("cosine", "epochs", -1, "a whole number, at least 1"),
        ("step", "drop", 0, "above 0 and at most 1"),
        ("step", "drop", 1.5, "above 0 and at most 1"),
        ("step", "every", 0, "a whole number, at least 1"),
        ("exponential", "decay", 1.05, "above 0 and at most 1"),
        ("warmup_linear", "warmup", -1, "a whole number, at least 0"),
        ("warmup_linear", "warmup", 2.5, "a whole number"),
        ("warmup_linear", "warmup", 100, "below epochs = 100"),
        ("warmup", "warmup", 0, "a whole number, at least 1"),
        ("inverse_sqrt", "warmup", 0, "a whole number, at least 1"),
        ("one_cycle", "warmup", 1, "a whole number, at least 2"),
        ("one_cycle", "warmup", 100, "below epochs = 100"),
        ("one_cycle", "div_factor", 0.5, "at least 1"),
        ("one_cycle", "final_div_factor", "many", "at least 1"),
    ],
)
def test_bad_field_is_named(name: str, field: str, value: object, allowed: str) -> None:
    message = re.escape(f".{field} = {value!r}: must be") + f".*{allowed}"
    with pytest.raises(FieldError, match=message):
        SHAPES[name](**{"horizon": 100, "epochs": 100} | {field: value})


def test_no_warmup_is_plain_linear_decay() -> None:
    schedule = WarmupLinear(horizon=4, epochs=4, warmup=0)
    assert [schedule.factor(step) for step in range(4)] == [1.0, 0.75, 0.5, 0.25]
