"""The recurrent network against PyTorch's, and the adding problem's targets and baseline."""

import re

import pytest
import torch

from src.core.checks import FieldError
from src.problems.adding import Adding
from src.problems.data import Digits
from src.problems.elman import Elman

DATA = Adding(length=7, samples=[40, 10, 10], data_seed=3)
FIELDS = {
    "data": DATA, "loss": "mse", "hidden": 5, "batch_size": 8, "epochs": 1, "precision": "float64",
    "target_loss": None,
}  # fmt: skip


def test_outputs_and_gradient_are_those_of_torchs_layer():
    task = Elman(**FIELDS)
    theta = torch.randn(2, task.dimension, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    inputs, targets = DATA.load().train
    value, grad = task.gradient(theta)
    for row in range(2):
        into, recurrent, bias, read, read_bias = (
            theta[row, layer.start : layer.stop].view(layer.shape) for layer in task.layers
        )
        network, head = torch.nn.RNN(2, 5, batch_first=True).double(), torch.nn.Linear(5, 1).double()
        with torch.no_grad():
            network.weight_ih_l0.copy_(into.T)
            network.weight_hh_l0.copy_(recurrent.T)
            network.bias_ih_l0.copy_(bias)
            network.bias_hh_l0.zero_()
            head.weight.copy_(read.T)
            head.bias.copy_(read_bias)
        outputs = head(network(inputs)[1][0])
        torch.testing.assert_close(task.outputs(theta, inputs)[row], outputs.detach(), rtol=1e-12, atol=1e-12)
        loss = (outputs - targets).square().mean()
        loss.backward()
        assert value[row].item() == pytest.approx(loss.item(), rel=1e-12)
        expected = torch.cat(
            [
                network.weight_ih_l0.grad.T.reshape(-1), network.weight_hh_l0.grad.T.reshape(-1),
                network.bias_ih_l0.grad, head.weight.grad.T.reshape(-1), head.bias.grad,
            ]
        )  # fmt: skip
        torch.testing.assert_close(grad[row], expected, rtol=1e-10, atol=1e-12)


def test_the_adding_problem():
    inputs, targets = Adding(length=10, samples=[4000, 1, 1], data_seed=0).load().train
    numbers, marks = inputs.unbind(-1)
    assert (inputs.shape, targets.shape) == ((4000, 10, 2), (4000, 1))
    assert (marks[:, :5].sum(1) == 1).all()
    assert (marks[:, 5:].sum(1) == 1).all()
    torch.testing.assert_close((numbers * marks).sum(1, keepdim=True), targets)
    assert (targets - 1).square().mean().item() == pytest.approx(1 / 6, rel=0.05)
    assert DATA.load().train.inputs.equal(Adding(length=7, samples=[40, 10, 10], data_seed=3).load().train.inputs)
    assert not DATA.load().train.inputs[:10].equal(DATA.load().valid.inputs)


@pytest.mark.parametrize(
    ("field", "value"), [("length", 1), ("samples", [1, 2]), ("samples", [1, 0, 2]), ("data_seed", -1)]
)
def test_a_bad_field_of_the_adding_problem_is_named(field, value):
    with pytest.raises(FieldError, match=re.escape(f"Adding.{field} = {value!r}")):
        Adding(**{"length": 5, "samples": [3, 2, 2], "data_seed": 0} | {field: value})


def test_a_bad_field_of_the_network_is_named():
    with pytest.raises(FieldError, match=r"Elman\.hidden = 0"):
        Elman(**FIELDS | {"hidden": 0})
    with pytest.raises(FieldError, match=r"Elman.data = .*sequences"):
        Elman(**FIELDS | {"data": Digits(split=[0.6, 0.2, 0.2], split_seed=0), "loss": "cross_entropy"})
