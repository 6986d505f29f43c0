"""The recurrent network against ``torch.nn.GRU`` and a linear layer."""

import re

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from src.core.checks import FieldError
from src.problems.data import NpzFile
from src.problems.gru import Gru
from src.problems.mnist1d import Mnist1d

DATA = Mnist1d(samples=100, valid_share=0.25, data_seed=0)
FIELDS = {
    "data": DATA, "loss": "cross_entropy", "hidden": 3, "batch_size": 8, "epochs": 1, "precision": "float64",
    "target_loss": None,
}  # fmt: skip


def as_module(task, row):
    """The same network in the field's code."""
    network = torch.nn.GRU(1, task.hidden, batch_first=True, bidirectional=True).double()
    head = torch.nn.Linear(2 * task.hidden * 40, 10).double()
    pieces = [row[layer.start : layer.stop].view(layer.shape) for layer in task.layers]
    with torch.no_grad():
        for parameter, piece in zip(network.parameters(), pieces[:8], strict=True):
            parameter.copy_(piece)
        head.weight.copy_(pieces[8].T)
        head.bias.copy_(pieces[9])
    return network, head


def test_outputs_and_gradient_are_those_of_torchs_layer():
    task = Gru(**FIELDS)
    theta = torch.randn(2, task.dimension, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    inputs, targets = DATA.load().train
    value, grad = task.gradient(theta)
    for row in range(2):
        network, head = as_module(task, theta[row])
        outputs = head(network(inputs.unsqueeze(2))[0].flatten(1))
        torch.testing.assert_close(task.outputs(theta, inputs)[row], outputs.detach(), rtol=1e-11, atol=1e-11)
        loss = cross_entropy(outputs, targets)
        loss.backward()
        assert value[row].item() == pytest.approx(loss.item(), rel=1e-12)
        expected = [parameter.grad.reshape(-1) for parameter in network.parameters()]
        expected += [head.weight.grad.T.reshape(-1), head.bias.grad]
        torch.testing.assert_close(grad[row], torch.cat(expected), rtol=1e-9, atol=1e-12)


def test_the_published_network_has_the_published_size():
    assert Gru(**FIELDS | {"hidden": 6}).dimension == 5134  # Greydanus and Kobak 2024


def test_a_bad_field_is_named(tmp_path):
    with pytest.raises(FieldError, match=r"Gru\.hidden = 0"):
        Gru(**FIELDS | {"hidden": 0})
    path = tmp_path / "images.npz"
    np.savez(path, x=np.random.default_rng(0).normal(size=(30, 4, 4)), y=np.arange(30) % 3)
    images = NpzFile(path=str(path), split=[0.6, 0.2, 0.2], split_seed=0)
    with pytest.raises(FieldError, match=re.escape("signals (N, length); these inputs are (18, 4, 4)")):
        Gru(**FIELDS | {"data": images})
