from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from src.core.checks import FieldError
from src.core.problem import Problem
from src.core.streams import OrderStream, seeds
from src.problems.data import Digits, NpzFile
from src.problems.mlp import Mlp

SETTINGS = {
    "data": Digits(split=[0.6, 0.2, 0.2], split_seed=0),
    "loss": "cross_entropy",
    "batch_size": 32,
    "epochs": 2,
    "precision": "float64",
    "target_loss": None,
    "activation": "relu",
}


def draw(task, count):
    generator = np.random.default_rng(3)
    theta = torch.from_numpy(generator.normal(0, 0.2, (count, task.dimension))).to(task.dtype)
    return theta, torch.from_numpy(generator.integers(0, task.size, (count, 32)))


def as_module(task, row):
    """The same network in the field's code, its weights (out, in)."""
    parts = []
    for weight, bias in pairwise(task.layers):
        if weight.kind != "weight":
            continue
        linear = nn.Linear(*weight.shape, dtype=task.dtype)
        linear.weight.data = row[weight.start : weight.stop].view(weight.shape).T.clone()
        linear.bias.data = row[bias.start : bias.stop].clone()
        parts += [linear, nn.Tanh() if task.activation == "tanh" else nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def flat_weights(module):
    linears = [part for part in module if isinstance(part, nn.Linear)]
    return torch.cat([piece.reshape(-1) for one in linears for piece in (one.weight.detach().T, one.bias.detach())])


def test_layers_cover_the_row_in_order():
    task = Mlp(widths=[64, 32, 32, 10], **SETTINGS)
    assert task.dimension == 64 * 32 + 32 + 32 * 32 + 32 + 32 * 10 + 10
    assert [layer.start for layer in task.layers] == [0, *(layer.stop for layer in task.layers[:-1])]
    assert [layer.kind for layer in task.layers] == ["weight", "bias"] * 3
    assert [(layer.fan_in, layer.fan_out) for layer in task.layers[::2]] == [(64, 32), (32, 32), (32, 10)]
    assert [layer.shape for layer in task.layers[:2]] == [(64, 32), (32,)]


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("widths", [[64, 10], [64, 7, 10], [64, 32, 32, 10]])
@pytest.mark.parametrize("full", [False, True])
def test_written_out_backward_pass_equals_autograd(activation, widths, full):
    task = Mlp(**{**SETTINGS, "activation": activation}, widths=widths)
    theta, batch = draw(task, 4)
    batch = None if full else batch
    value, grad = task.gradient(theta, batch)
    by_autograd = Problem.gradient(task, theta, batch)
    torch.testing.assert_close(value, by_autograd[0], rtol=0, atol=1e-13)
    torch.testing.assert_close(grad, by_autograd[1], rtol=0, atol=1e-12)
    assert grad.abs().max() > 0.01


def test_written_out_backward_pass_of_squared_error_equals_autograd(tmp_path):
    generator = np.random.default_rng(0)
    np.savez(tmp_path / "values.npz", x=generator.normal(size=(99, 3)), y=generator.normal(size=(99, 2)))
    data = NpzFile(path=str(tmp_path / "values.npz"), split=[0.6, 0.2, 0.2], split_seed=0)
    task = Mlp(**{**SETTINGS, "data": data, "loss": "mse", "activation": "tanh"}, widths=[3, 5, 2])
    theta, batch = draw(task, 4)
    torch.testing.assert_close(task.gradient(theta, batch)[1], Problem.gradient(task, theta, batch)[1])
    outputs = as_module(task, theta[0])(task.parts.train.inputs[batch[0]])
    expected = nn.functional.mse_loss(outputs, task.parts.train.targets[batch[0]])
    torch.testing.assert_close(task.value(theta, batch)[0], expected)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_equals_the_same_torch_module(activation):
    task = Mlp(**{**SETTINGS, "activation": activation}, widths=[64, 32, 16, 10])
    theta, _ = draw(task, 2)
    inputs, targets = task.parts.train
    for row, value, outputs in zip(theta, task.value(theta), task.outputs(theta, inputs), strict=True):
        expected = as_module(task, row)(inputs)
        torch.testing.assert_close(outputs, expected)
        torch.testing.assert_close(value, nn.functional.cross_entropy(expected, targets))


def test_a_row_among_others_equals_it_alone():
    task = Mlp(**{**SETTINGS, "precision": "float32"}, widths=[64, 32, 32, 10])
    theta, batch = draw(task, 9)
    value, grad = task.gradient(theta, batch)
    for row in (0, 4, 8):
        alone = task.gradient(theta[row : row + 1], batch[row : row + 1])
        torch.testing.assert_close(alone[0][0], value[row], rtol=1e-6, atol=0)
        torch.testing.assert_close(alone[1][0], grad[row], rtol=1e-5, atol=1e-7)


def test_gradient_leaves_its_inputs_as_they_were():
    task = Mlp(widths=[64, 32, 10], **SETTINGS)
    theta, batch = draw(task, 3)
    before, order, pixels = theta.clone(), batch.clone(), task.parts.train.inputs.clone()
    _, grad = task.gradient(theta, batch)
    task.gradient(theta)
    assert torch.equal(theta, before)
    assert torch.equal(batch, order)
    assert torch.equal(task.parts.train.inputs, pixels)
    assert not grad.requires_grad


class Momentum:
    def __init__(self, theta):
        self.velocity = torch.zeros_like(theta)

    def move(self, theta, grad, step):
        self.velocity = 0.9 * self.velocity + grad
        return theta - 0.01 * self.velocity


class Adam:
    def __init__(self, theta):
        self.mean, self.square = torch.zeros_like(theta), torch.zeros_like(theta)

    def move(self, theta, grad, step):
        self.mean = 0.9 * self.mean + 0.1 * grad
        self.square = 0.999 * self.square + 0.001 * grad**2
        corrected = self.mean / (1 - 0.9 ** (step + 1))
        return theta - 0.003 * corrected / ((self.square / (1 - 0.999 ** (step + 1))).sqrt() + 1e-8)


@pytest.mark.parametrize(
    ("method", "peer"),
    [
        (Momentum, lambda parameters: torch.optim.SGD(parameters, lr=0.01, momentum=0.9)),
        (Adam, lambda parameters: torch.optim.Adam(parameters, lr=0.003)),
    ],
    ids=["momentum", "adam"],
)
def test_training_agrees_with_torch_optim_one_network_at_a_time(method, peer):
    task = Mlp(widths=[64, 16, 10], **SETTINGS)
    start, _ = draw(task, 3)
    batches = OrderStream(seeds(3), task.size, 32)
    order = [torch.from_numpy(batches.next()) for _ in range(200)]
    theta, ours = start, method(start)
    for step, batch in enumerate(order):
        theta = ours.move(theta, task.gradient(theta, batch)[1], step)
    inputs, targets = task.parts.train
    module = as_module(task, start[1])
    theirs = peer(module.parameters())
    for batch in order:
        theirs.zero_grad()
        nn.functional.cross_entropy(module(inputs[batch[1]]), targets[batch[1]]).backward()
        theirs.step()
    torch.testing.assert_close(theta[1], flat_weights(module), rtol=0, atol=1e-10)
    assert (theta[1] - start[1]).norm() > 0.5


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"widths": [63, 10]}, r"Mlp\.widths = \[63, 10\]: must be from the data's 64 inputs to its 10 outputs"),
        ({"widths": [64, 11]}, r"Mlp\.widths = \[64, 11\]: must be from the data's 64 inputs to its 10 outputs"),
        ({"widths": [64]}, r"Mlp\.widths = \[64\]: must be a list of at least two whole numbers"),
        ({"widths": [64, 0, 10]}, r"Mlp\.widths = \[64, 0, 10\]: must be a list of at least two whole numbers"),
        ({"activation": "gelu"}, r"Mlp\.activation = 'gelu': must be one of relu, tanh"),
    ],
)
def test_wrong_networks_are_refused(fields, words):
    with pytest.raises(FieldError, match=words):
        Mlp(**{"widths": [64, 10], **SETTINGS, **fields})
