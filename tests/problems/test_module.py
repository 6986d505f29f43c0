from pathlib import Path

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import nn

from src.core.checks import FieldError
from src.core.problem import Problem
from src.core.streams import OrderStream, seeds
from src.problems.data import Digits
from src.problems.mlp import Mlp
from src.problems.module import ModuleTask

SETTINGS = {
    "data": Digits(split=[0.6, 0.2, 0.2], split_seed=0),
    "loss": "cross_entropy",
    "batch_size": 32,
    "epochs": 2,
    "precision": "float64",
    "target_loss": None,
}


def cnn(**settings):
    module = nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        nn.Conv2d(1, 4, 3, padding=1),
        nn.ReLU(),
        nn.AvgPool2d(4),
        nn.Flatten(),
        nn.LayerNorm(16),
        nn.Linear(16, 10),
    )
    return ModuleTask(module=module, **{**SETTINGS, **settings})


def draw(task, count):
    generator = np.random.default_rng(3)
    theta = torch.from_numpy(generator.normal(0, 0.2, (count, task.dimension))).to(task.dtype)
    return theta, torch.from_numpy(generator.integers(0, task.size, (count, 32)))


def test_equals_the_perceptron_of_the_same_weights():
    mlp = Mlp(widths=[64, 16, 10], activation="tanh", **SETTINGS)
    task = ModuleTask(module=nn.Sequential(nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 10)), **SETTINGS)
    theta, batch = draw(mlp, 5)

    def reordered(row):
        pieces = [row[:, layer.start : layer.stop].unflatten(1, layer.shape) for layer in mlp.layers]
        return torch.cat([(piece.mT if piece.dim() == 3 else piece).flatten(1) for piece in pieces], 1)

    rows = reordered(theta)
    torch.testing.assert_close(task.value(rows), mlp.value(theta))
    value, grad = task.gradient(rows, batch)
    torch.testing.assert_close(value, mlp.gradient(theta, batch)[0])
    torch.testing.assert_close(grad, reordered(mlp.gradient(theta, batch)[1]))
    for name, metric in task.evaluate(rows).items():
        torch.testing.assert_close(metric, mlp.evaluate(theta)[name])


def test_training_agrees_with_torch_optim_one_network_at_a_time():
    task = cnn()
    start, _ = draw(task, 2)
    order = torch.from_numpy(np.random.default_rng(0).integers(0, task.size, (50, 2, 32)))
    theta = start
    for batch in order:
        theta = theta - 0.1 * task.gradient(theta, batch)[1]
    module = task.module.double()
    nn.utils.vector_to_parameters(start[1].clone(), module.parameters())
    peer = torch.optim.SGD(module.parameters(), lr=0.1)
    inputs, targets = task.parts.train
    for batch in order[:, 1]:
        peer.zero_grad()
        nn.functional.cross_entropy(module(inputs[batch]), targets[batch]).backward()
        peer.step()
    expected = nn.utils.parameters_to_vector(module.parameters()).detach()
    torch.testing.assert_close(theta[1], expected, rtol=0, atol=1e-11)
    assert (theta[1] - start[1]).norm() > 0.1


def test_gradient_equals_autograd_of_value_and_a_row_alone():
    task = cnn()
    theta, batch = draw(task, 3)
    for indices in (batch, None):
        value, grad = task.gradient(theta, indices)
        expected = Problem.gradient(task, theta, indices)
        torch.testing.assert_close((value, grad), expected, rtol=0, atol=1e-14)
        alone = task.gradient(theta[1:2], None if indices is None else indices[1:2])
        torch.testing.assert_close((alone[0][0], alone[1][0]), (value[1], grad[1]), rtol=0, atol=1e-13)


def test_the_module_itself_is_neither_read_nor_trained():
    task = cnn()
    theta, batch = draw(task, 2)
    before = task.gradient(theta, batch)[1]
    own = [parameter.clone() for parameter in task.module.parameters()]
    assert all(torch.equal(one, other) for one, other in zip(own, task.module.parameters(), strict=True))
    assert all(parameter.grad is None for parameter in task.module.parameters())
    nn.utils.vector_to_parameters(torch.zeros(task.dimension), task.module.parameters())
    assert torch.equal(task.gradient(theta, batch)[1], before)


def test_layers_follow_named_parameters():
    task = cnn()
    assert [layer.name for layer in task.layers] == [name for name, _ in task.module.named_parameters()]
    assert task.dimension == 36 + 4 + 16 + 16 + 160 + 10 == task.layers[-1].stop
    assert [layer.kind for layer in task.layers] == ["weight", "bias", "scale", "bias", "weight", "bias"]
    assert [(layer.fan_in, layer.fan_out) for layer in task.layers[:2]] == [(9, 36)] * 2
    assert [(layer.fan_in, layer.fan_out) for layer in task.layers[4:]] == [(16, 10)] * 2


def test_activations_count_what_a_sample_needs():
    outputs = 64 + 4 * 64 + 4 * 64 + 16 + 16 + 16 + 10
    assert cnn().activations == 64 + outputs + 10  # the inputs, each part, and the whole


class Head(nn.Module):
    """A linear layer after an arbitrary function of it and the inputs."""

    def __init__(self, forward, **parts):
        super().__init__()
        self.head = nn.Linear(64, 10)
        self.own_forward = forward
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x):
        return self.own_forward(self, x)


def test_frozen_parameters_keep_their_values():
    scale = nn.Parameter(torch.full((64,), 2.0), requires_grad=False)
    order = nn.Parameter(torch.arange(64).flip(0), requires_grad=False)
    module = Head(lambda self, x: self.head(x[:, self.order] * self.scale), scale=scale, order=order)
    module.head.weight.requires_grad_(requires_grad=False)
    task = ModuleTask(module=module, **SETTINGS)
    assert [layer.name for layer in task.layers] == ["head.bias"]
    assert (task.layers[0].fan_in, task.dimension) == (64, 10)
    theta = torch.arange(20.0, dtype=torch.float64).reshape(2, 10)
    inputs = task.parts.train.inputs
    expected = (inputs.flip(1) * 2) @ module.head.weight.detach().double().T + theta[:, None]
    torch.testing.assert_close(task.outputs(theta, inputs), expected)
    assert torch.equal(module.order, torch.arange(64).flip(0))
    with torch.no_grad():
        module.scale.zero_()  # the task keeps the values with which it was built
    torch.testing.assert_close(task.outputs(theta, inputs), expected)
    module.requires_grad_(requires_grad=False)
    with pytest.raises(FieldError, match="with parameters that require gradients"):
        ModuleTask(module=module, **SETTINGS)


def test_a_module_that_changes_its_inputs_in_place_changes_no_data():
    def shift(self, x):
        x -= 1.0
        return self.head(x)

    before = SETTINGS["data"].load().train.inputs.clone()
    task = ModuleTask(module=Head(shift), **SETTINGS)
    theta, batch = draw(task, 2)
    own = theta.clone()
    first = task.gradient(theta), task.gradient(theta, batch), task.evaluate(theta)
    again = task.gradient(theta), task.gradient(theta, batch), task.evaluate(theta)
    torch.testing.assert_close(first, again, rtol=0, atol=0)
    assert torch.equal(task.parts.train.inputs, before)
    assert torch.equal(theta, own)


def test_parameters_with_two_names_are_one():
    inner = nn.Linear(64, 64)
    twice = ModuleTask(module=Head(lambda self, x: self.head(self.b(self.a(x).tanh())), a=inner, b=inner), **SETTINGS)
    tied = nn.Linear(64, 64)
    tied.weight, tied.bias = inner.weight, inner.bias
    shared = ModuleTask(module=Head(lambda self, x: self.head(self.b(self.a(x).tanh())), a=inner, b=tied), **SETTINGS)
    theta, batch = draw(twice, 3)
    assert twice.dimension == shared.dimension == 64 * 65 + 65 * 10
    first = twice.gradient(theta, batch)
    torch.testing.assert_close(first, shared.gradient(theta, batch))
    torch.testing.assert_close(first, twice.gradient(theta, batch))
    torch.testing.assert_close(first, Problem.gradient(twice, theta, batch))


@pytest.mark.parametrize(
    "module",
    [
        nn.Sequential(nn.Linear(64, 10), nn.Dropout(0.0)),
        nn.Sequential(nn.Linear(64, 10), nn.Dropout(0.5)).eval(),
        nn.Sequential(nn.Linear(64, 10), nn.BatchNorm1d(10, track_running_stats=False)),
        nn.Sequential(
            nn.Unflatten(1, (8, 8)),
            nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True),
            nn.Flatten(),
            nn.Linear(64, 10),
        ),
    ],
)
def test_modules_without_randomness_or_state_are_run(module):
    task = ModuleTask(module=module, **SETTINGS)
    theta, batch = draw(task, 2)
    value, grad = task.gradient(theta, batch)
    torch.testing.assert_close((value, grad), task.gradient(theta, batch))
    assert value.isfinite().all()
    assert grad.norm() > 0


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (
            Head(lambda self, x: self.head(x) if x.sum() > 0 else -self.head(x)),
            "without a branch or a number that dep",
        ),
        (Head(lambda self, x: self.head(x) * self.head(x).max().item()), "without a branch or a number that depends"),
        (Head(lambda self, x: (self.head(x), x)), "that gives a single tensor; it gives a tuple"),
        (nn.LSTM(64, 10), "that gives a single tensor; it gives a tuple"),
        (
            Head(lambda self, x: self.head(self.a(x[:, None])[0][:, 0]), a=nn.LSTM(64, 64)),
            "it has none for aten::lstm",
        ),
        (nn.Sequential(nn.Linear(64, 10), nn.BatchNorm1d(10)), "without buffers .*; 1 is a BatchNorm1d"),
        (nn.Sequential(nn.Linear(64, 10), nn.Dropout(0.1)), "without dropout or other randomness; 1 is a Dropout"),
        (nn.TransformerEncoderLayer(64, 2, dropout=0.2), "without dropout or other randomness"),
        (nn.Linear(63, 10), r"one that takes inputs of shape \(2, 64\)"),
        (nn.Linear(64, 9), r"one that gives 10 outputs a sample, not shape \(9,\)"),
        (nn.ReLU(), "with parameters"),
        ("linear", "must be a torch.nn.Module"),
    ],
)
def test_unfit_modules_are_refused_in_one_line(module, words):
    with pytest.raises(FieldError, match=words) as caught:
        ModuleTask(module=module, **SETTINGS)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("ModuleTask.module")


def test_convolutional_network_from_yaml_reads_digits():
    path = Path(__file__).parents[2] / "conf" / "problem" / "digits_cnn.yaml"
    task = instantiate(OmegaConf.load(path), _convert_="all")
    assert (task.dimension, task.steps, task.dtype) == (80 + 1168 + 650, 338, torch.float32)
    theta, _ = draw(task, 3)
    batches = OrderStream(seeds(3), task.size, task.batch_size)
    for _ in range(150):
        theta = theta - 0.2 * task.gradient(theta, torch.from_numpy(batches.next()))[1]
    assert task.evaluate(theta)["valid_accuracy"].min() > 0.9


class Shared(nn.Module):
    """One part under two names, and one weight in two parts."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(64, 64)
        self.again = self.first
        self.other = nn.Linear(64, 64, bias=False)
        self.other.weight = self.first.weight
        self.last = nn.Linear(64, 10)

    def forward(self, inputs):
        return self.last(self.other(torch.tanh(self.again(torch.tanh(self.first(inputs))))))


def test_a_part_under_two_names_and_a_weight_in_two_parts_are_one():
    task = ModuleTask(module=Shared(), **SETTINGS)
    assert task.dimension == 64 * 64 + 64 + 64 * 10 + 10
    theta, batch = draw(task, 2)
    _, grad = task.gradient(theta, batch)
    module = task.module.double()
    nn.utils.vector_to_parameters(theta[1].clone(), module.parameters())
    inputs, targets = task.parts.train
    nn.functional.cross_entropy(module(inputs[batch[1]]), targets[batch[1]]).backward()
    expected = nn.utils.parameters_to_vector([one.grad for one in module.parameters()])
    torch.testing.assert_close(grad[1], expected)
