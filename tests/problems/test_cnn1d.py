"""The convolutional network against ``torch.nn.Conv1d``, one at a time and as a ``ModuleTask``."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from src.core.checks import FieldError
from src.problems.cnn1d import Cnn1d
from src.problems.data import Digits
from src.problems.mnist1d import Mnist1d

DATA = Mnist1d(samples=100, valid_share=0.25, data_seed=0)
FIELDS = {
    "data": DATA, "loss": "cross_entropy", "channels": [4, 3], "kernels": [5, 3], "stride": 2, "padding": 1,
    "batch_size": 8, "epochs": 1, "precision": "float64", "target_loss": None,
}  # fmt: skip


def as_module(task, row):
    """The same network in the field's code, whose linear layer reads channel after channel."""
    parts = [nn.Unflatten(1, (1, 40))]
    pieces = [row[layer.start : layer.stop].view(layer.shape) for layer in task.layers]
    for weight, bias in zip(pieces[:-2:2], pieces[1:-2:2], strict=True):
        kernel, inner, outer = weight.shape
        conv = nn.Conv1d(inner, outer, kernel, stride=task.stride, padding=task.padding).double()
        conv.weight.data = weight.permute(2, 1, 0).clone()
        conv.bias.data = bias.clone()
        parts += [conv, nn.ReLU()]
    linear = nn.Linear(*pieces[-2].shape).double()
    linear.weight.data = pieces[-2].view(-1, task.channels[-1], 10).permute(2, 1, 0).flatten(1).clone()
    linear.bias.data = pieces[-1].clone()
    return nn.Sequential(*parts, nn.Flatten(), linear)


@pytest.mark.parametrize(
    "changes", [{}, {"stride": 1, "padding": 0}, {"stride": 3, "padding": 2}, {"channels": [4], "kernels": [7]}]
)
def test_outputs_and_gradient_are_those_of_torchs_layers(changes):
    task = Cnn1d(**FIELDS | changes)
    theta = torch.randn(2, task.dimension, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    inputs, targets = DATA.load().train
    value, grad = task.gradient(theta)
    for row in range(2):
        module = as_module(task, theta[row])
        torch.testing.assert_close(task.outputs(theta, inputs)[row], module(inputs).detach(), rtol=1e-11, atol=1e-11)
        loss = cross_entropy(module(inputs), targets)
        loss.backward()
        assert value[row].item() == pytest.approx(loss.item(), rel=1e-12)
        linear = module[-1]
        expected = []
        for part in module:
            if isinstance(part, nn.Conv1d):
                expected += [part.weight.grad.permute(2, 1, 0).reshape(-1), part.bias.grad]
        places = linear.weight.grad.view(10, task.channels[-1], -1).permute(2, 1, 0)
        expected += [places.reshape(-1), linear.bias.grad]
        torch.testing.assert_close(grad[row], torch.cat(expected), rtol=1e-9, atol=1e-12)


def test_the_published_network_has_the_published_size():
    task = Cnn1d(**FIELDS | {"channels": [25, 25, 25], "kernels": [5, 3, 3]})
    assert task.dimension == 5210  # Greydanus and Kobak 2024
    assert [(layer.fan_in, layer.fan_out) for layer in task.layers[::2]] == [(5, 125), (75, 75), (75, 75), (125, 10)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channels": []}, r"Cnn1d\.channels = \[\]"),
        ({"kernels": [5, 0]}, r"Cnn1d\.kernels = \[5, 0\]"),
        ({"kernels": [5]}, "as many as there are channels, 2"),
        ({"kernels": [41, 30]}, "narrow enough"),
        ({"stride": 0}, r"Cnn1d\.stride = 0"),
        ({"padding": -1}, r"Cnn1d\.padding = -1"),
    ],
)
def test_a_bad_field_is_named(changes, words):
    with pytest.raises(FieldError, match=words):
        Cnn1d(**FIELDS | changes)


def test_flat_images_are_signals_too():
    digits = Digits(split=[0.6, 0.2, 0.2], split_seed=0)
    assert Cnn1d(**FIELDS | {"data": digits}).outputs(
        torch.zeros(1, Cnn1d(**FIELDS | {"data": digits}).dimension, dtype=torch.float64), digits.load().test.inputs
    ).shape == (1, 359, 10)
