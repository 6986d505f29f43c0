"""Laws of every optimizer in ``conf/optimizer``: pure updates, states that lead with R, a known answer."""

from collections.abc import Iterator

import numpy as np
import pytest
import registry
import torch
from descents import SEEDS, descend, points
from torch import Tensor

from src.core.optimizer import Optimizer
from src.protocol.contract import check_optimizer

ROWS, DIMENSION, STEPS = 3, 5, 4
every_optimizer = pytest.mark.parametrize("name", registry.names("optimizer"))
both_types = pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)


def tensors(state: object) -> Iterator[Tensor]:
    if isinstance(state, Tensor):
        yield state
    else:
        assert isinstance(state, tuple)
        for part in state:
            yield from tensors(part)


def is_named(state: object) -> bool:
    """Whether a state is () or a NamedTuple of tensors and such states."""
    if state == () or not isinstance(state, tuple):
        return state == ()
    inner = [part for field in state for part in (field if type(field) is tuple else [field])]
    return hasattr(state, "_fields") and all(isinstance(part, Tensor) or is_named(part) for part in inner)


def draw(number: int, dtype: torch.dtype) -> Tensor:
    return torch.from_numpy(np.random.default_rng(number).normal(0, 1, (ROWS, DIMENSION))).to(dtype)


def noise_for(optimizer: Optimizer, number: int, dtype: torch.dtype) -> Tensor | None:
    return draw(100 + number, dtype) if optimizer.needs_noise else None


def walk(optimizer: Optimizer, dtype: torch.dtype) -> list[tuple[Tensor, object]]:
    """Directions and states of a few steps on made-up gradients."""
    theta = draw(0, dtype)
    state = optimizer.init(theta)
    path: list[tuple[Tensor, object]] = [(theta, state)]
    for step in range(STEPS):
        direction, state = optimizer.update(
            draw(1 + step, dtype), state, theta, step, noise_for(optimizer, step, dtype)
        )
        theta = theta - 0.1 * direction
        path.append((direction, state))
    return path


@both_types
@every_optimizer
def test_the_state_leads_with_the_rows_in_thetas_type(name, dtype):
    for direction, state in walk(registry.build("optimizer", name), dtype):
        assert (direction.shape, direction.dtype) == ((ROWS, DIMENSION), dtype)
        assert is_named(state)
        for tensor in tensors(state):
            assert (tensor.shape[0], tensor.dtype) == (ROWS, dtype)


@every_optimizer
def test_nothing_that_is_handed_over_is_changed(name):
    optimizer, dtype = registry.build("optimizer", name), torch.float64
    theta = draw(0, dtype)
    state = optimizer.init(theta)
    for step in range(STEPS):
        grad, noise = draw(1 + step, dtype), noise_for(optimizer, step, dtype)
        handed = [grad, theta, *tensors(state), *([] if noise is None else [noise])]
        before = [(tensor.clone(), tensor._version) for tensor in handed]
        direction, after = optimizer.update(grad, state, theta, step, noise)
        for tensor, (copy, version) in zip(handed, before, strict=True):
            assert tensor.equal(copy)
            assert tensor._version == version
        state, theta = after, theta - 0.1 * direction


@every_optimizer
def test_the_same_update_twice_gives_the_same_bits(name):
    optimizer, dtype = registry.build("optimizer", name), torch.float64
    for (first, state), (other, again) in zip(walk(optimizer, dtype), walk(optimizer, dtype), strict=True):
        assert first.equal(other)
        assert all(left.equal(right) for left, right in zip(tensors(state), tensors(again), strict=True))


@every_optimizer
def test_noise_is_needed_exactly_where_it_is_said_to_be(name):
    optimizer, dtype = registry.build("optimizer", name), torch.float64
    theta, grad = draw(0, dtype), draw(1, dtype)
    state = optimizer.init(theta)
    if optimizer.needs_noise:
        with pytest.raises(ValueError, match="noise is None"):
            optimizer.update(grad, state, theta, 0, None)
        first, other = (optimizer.update(grad, state, theta, 0, draw(number, dtype))[0] for number in (7, 8))
        assert not first.equal(other)
    else:
        assert optimizer.update(grad, state, theta, 0, None)[0].isfinite().all()


@every_optimizer
def test_the_minimum_of_the_bowl_is_found(name):
    """x^2 + 2 y^2 from its box: below 1e-3 after 500 steps at the best of seven rates, for every seed."""
    problem = registry.shared("problem", "bowl")
    rates = torch.logspace(-4, 0, 9, dtype=torch.float64)
    start = points(problem, len(SEEDS))
    descent = descend(problem, registry.build("optimizer", name), start, rates, SEEDS, steps=500)
    last = descent.series["loss"].values[-1].reshape(len(SEEDS), len(rates))
    assert problem.value(start).min() > 0.1
    assert last.nan_to_num(torch.inf).median(0).values.min() < 1e-3
    assert last.nan_to_num(torch.inf).amax(0).min() < 1e-3


@pytest.mark.parametrize("name", registry.names("optimizer"))
def test_every_optimizer_passes_the_trial_before_a_run(name):
    check_optimizer(registry.build("optimizer", name))
