"""Batched equals alone, a NaN neighbour is harmless, chunking changes nothing: for every optimizer and problem.

On landscapes these hold bit for bit: their arithmetic is elementwise, or reduces over the last axis alone. The
products of networks' layers (``bmm``, convolutions) are summed by kernels that are chosen by the number of rows, so
one row alone may be rounded otherwise than the same row in company: there, float64 is compared to 1e-12 over a
few steps. In company of the same size bits are equal for networks too, whatever the neighbours hold.
"""

import pytest
import registry
import torch
from descents import (
    DIFFERENTIABLE,
    LANDSCAPES,
    LEARNING,
    LEARNING_RATES,
    RATES,
    SEEDS,
    assert_same,
    descend,
    double,
    points,
    rows_of,
)

from src.core.status import Status

OPTIMIZERS = registry.names("optimizer")
# Of the quantities compared (weights below 1, losses and norms below 100): many roundings of a sum in float64.
ROUNDING = 1e-12


def assert_batched_equals_alone(problem, optimizer, rates, tolerance=0, **settings):
    start = points(problem, len(SEEDS))
    together = descend(problem, optimizer, start, rates, SEEDS, **settings)
    for s, seed in enumerate(SEEDS):
        for each in range(len(rates)):
            alone = descend(problem, optimizer, start[s : s + 1], rates[each : each + 1], [seed], **settings)
            assert_same(rows_of(alone), rows_of(together, [s * len(rates) + each]), tolerance)
    return together


@pytest.mark.parametrize("freeze", [False, True])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_batched_equals_alone_for_every_optimizer(name, freeze):
    problem = registry.shared("problem", "rosenbrock_4d")
    together = assert_batched_equals_alone(problem, registry.build("optimizer", name), RATES, freeze=freeze)
    assert len(set(together.status.tolist())) > 1  # some rows ended beside others


@pytest.mark.parametrize("name", LANDSCAPES)
def test_batched_equals_alone_for_every_landscape(name):
    problem = registry.shared("problem", name)
    assert_batched_equals_alone(problem, registry.build("optimizer", "adam"), RATES)


@pytest.mark.parametrize("name", LEARNING)
def test_batched_equals_alone_for_every_learning_task(name):
    adam = registry.build("optimizer", "adam")
    assert_batched_equals_alone(double(name), adam, LEARNING_RATES, ROUNDING, steps=4)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_nan_neighbour_is_harmless_to_every_optimizer(optimizer):
    assert_nan_neighbour_is_harmless("rosenbrock_4d", optimizer, RATES, 30)


@pytest.mark.parametrize("problem", DIFFERENTIABLE)
def test_a_nan_neighbour_is_harmless_on_every_problem(problem):
    learning = problem in LEARNING
    assert_nan_neighbour_is_harmless(problem, "adam", LEARNING_RATES if learning else RATES, 4 if learning else 30)


def assert_nan_neighbour_is_harmless(name, method, rates, steps):
    problem, optimizer = registry.shared("problem", name), registry.build("optimizer", method)
    start = points(problem, len(SEEDS))
    poisoned = start.clone()
    poisoned[1] = torch.nan
    width = len(rates)
    others = [row for row in range(len(SEEDS) * width) if row // width != 1]
    clean = descend(problem, optimizer, start, rates, SEEDS, steps=steps)
    dirty = descend(problem, optimizer, poisoned, rates, SEEDS, steps=steps)
    assert_same(rows_of(dirty, others), rows_of(clean, others))
    assert dirty.status[width : 2 * width].tolist() == [Status.DIVERGED] * width
    assert dirty.taken[width : 2 * width].tolist() == [0] * width


@pytest.mark.parametrize("chunk_rows", [1, 3, 1000])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_chunking_changes_nothing_for_any_optimizer(optimizer, chunk_rows):
    problem, method = registry.shared("problem", "rosenbrock_4d"), registry.build("optimizer", optimizer)
    start = points(problem, len(SEEDS))
    whole = descend(problem, method, start, RATES, SEEDS, paths=7)
    parts = descend(problem, method, start, RATES, SEEDS, paths=7, chunk_rows=chunk_rows)
    assert_same(rows_of(parts), rows_of(whole))
    assert whole.path.shape == (31, 7, 4)
    torch.testing.assert_close(parts.path, whole.path, rtol=0, atol=0)


@pytest.mark.parametrize("chunk_rows", [1, 3, 1000])
def test_chunking_keeps_each_seeds_order_of_the_data(chunk_rows):
    """Batches of 32 over more than an epoch: a row given another seed's batches would be off by far more."""
    problem, method = double("digits_logistic"), registry.build("optimizer", "gd")
    start = points(problem, len(SEEDS))
    whole = descend(problem, method, start, LEARNING_RATES, SEEDS, steps=40)
    parts = descend(problem, method, start, LEARNING_RATES, SEEDS, steps=40, chunk_rows=chunk_rows)
    assert_same(rows_of(parts), rows_of(whole), ROUNDING)
    same_start = start[:1].expand(len(SEEDS), -1)
    ends = descend(problem, method, same_start, LEARNING_RATES[-1:], SEEDS, steps=40).theta
    assert (ends[1:] - ends[0]).abs().amax(1).min() > 1e-6


def test_rows_that_ended_repeat_their_last_point_though_the_batches_go_on():
    """With mini-batches too: what is recorded of an ended row depends on no neighbour that runs on."""
    problem, method = double("digits_logistic"), registry.build("optimizer", "gd")
    rates = torch.tensor([1e-3, 1e200], dtype=torch.float64)
    together = assert_batched_equals_alone(problem, method, rates, ROUNDING, steps=12)
    assert together.status.tolist() == [Status.OUT_OF_BUDGET, Status.DIVERGED] * len(SEEDS)
    stopped = {"metric": "grad_norm", "patience": 2, "min_delta": 0.02, "freeze": True}
    together = assert_batched_equals_alone(problem, method, LEARNING_RATES, ROUNDING, steps=12, **stopped)
    assert {Status.STOPPED_EARLY} <= set(together.status.tolist())
    assert len(set(together.taken.tolist())) > 1
