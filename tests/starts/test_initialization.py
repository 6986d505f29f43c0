import math

import pytest
import torch
from torch import nn

from src.core.checks import FieldError
from src.core.problem import Problem
from src.core.streams import Seed, seeds
from src.problems.data import Digits
from src.problems.mlp import Mlp
from src.problems.module import ModuleTask
from src.starts.constant import Constant
from src.starts.he import He
from src.starts.lecun import LeCun
from src.starts.orthogonal import Orthogonal
from src.starts.scaled_normal import ScaledNormal
from src.starts.torch_default import TorchDefault
from src.starts.xavier import Xavier

COMMON = {
    "data": Digits(split=[0.6, 0.2, 0.2], split_seed=0),
    "loss": "cross_entropy",
    "batch_size": 32,
    "epochs": 1,
    "target_loss": None,
}
ALL = [
    Xavier(distribution="uniform", gain=1.0),
    He(distribution="normal"),
    LeCun(distribution="normal"),
    Orthogonal(gain=1.0),
    Constant(value=0.1),
    ScaledNormal(sd=0.5),
    TorchDefault(),
]


def mlp(widths=(64, 48, 10), activation="relu", precision="float64"):
    return Mlp(widths=list(widths), activation=activation, precision=precision, **COMMON)


def tensors(task, theta):
    return {layer.name: theta[:, layer.start : layer.stop].unflatten(1, layer.shape) for layer in task.layers}


@pytest.mark.parametrize(
    ("start", "variance"),
    [
        (Xavier(distribution="uniform", gain=1.0), 2 / (64 + 48)),
        (Xavier(distribution="normal", gain=3.0), 9 * 2 / (64 + 48)),
        (He(distribution="normal"), 2 / 64),
        (He(distribution="uniform"), 2 / 64),
        (LeCun(distribution="normal"), 1 / 64),
        (ScaledNormal(sd=0.5), 0.25),
        (TorchDefault(), 1 / (3 * 64)),
    ],
)
def test_weights_have_mean_zero_and_the_variance_of_their_scheme(start, variance):
    task = mlp()
    weight = tensors(task, start.draw(task, seeds(30)))["0.weight"]
    count = weight.numel()  # 92 160: the variance's standard error is below 0.5 %
    assert weight.var().item() == pytest.approx(variance, rel=0.02)
    assert abs(weight.mean().item()) < 4 * math.sqrt(variance / count)


@pytest.mark.parametrize(
    ("start", "bound"),
    [
        (Xavier(distribution="uniform", gain=1.0), math.sqrt(6 / (64 + 48))),
        (He(distribution="uniform"), math.sqrt(6 / 64)),
        (TorchDefault(), 1 / 8),
    ],
)
def test_uniform_weights_fill_their_interval(start, bound):
    task = mlp()
    weight = tensors(task, start.draw(task, seeds(5)))["0.weight"]
    assert 0.999 * bound < weight.abs().max() <= bound


def test_torch_default_is_what_torch_draws():
    task = mlp((64, 10))
    ours = tensors(task, TorchDefault().draw(task, seeds(200)))
    theirs = [nn.Linear(64, 10) for _ in range(200)]
    bias = torch.stack([linear.bias.detach() for linear in theirs])
    assert ours["0.bias"].std().item() == pytest.approx(bias.std().item(), rel=0.05)
    assert ours["0.bias"].abs().max() <= 1 / 8


def test_orthogonal_weights_are_isometries():
    task = ModuleTask(
        module=nn.Sequential(nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(144, 10)),
        precision="float64",
        **COMMON,
    )
    found = tensors(task, Orthogonal(gain=2.0).draw(task, seeds(3)))
    for name, size in (("1.weight", 4), ("3.weight", 10)):
        matrix = found[name].flatten(2)
        torch.testing.assert_close(matrix @ matrix.mT, 4 * torch.eye(size).double().expand(3, -1, -1))
    wide = mlp()
    matrix = tensors(wide, Orthogonal(gain=1.0).draw(wide, seeds(3)))["0.weight"]
    torch.testing.assert_close(matrix.mT @ matrix, torch.eye(48).double().expand(3, -1, -1))


def test_equal_weights_stay_equal():
    task = mlp((64, 8, 10), "tanh")
    theta = Constant(value=0.1).draw(task, seeds(1))
    for _ in range(50):
        theta = theta - 0.5 * task.gradient(theta)[1]
    hidden = tensors(task, theta)["0.weight"]
    assert (hidden - 0.1).abs().max() > 0.01
    torch.testing.assert_close(hidden, hidden[..., :1].expand_as(hidden), rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("start", "activation", "low", "high"),
    [
        (He(distribution="normal"), "relu", 0.3, 3.0),
        (Xavier(distribution="normal", gain=1.0), "relu", 0.0, 0.01),
        (ScaledNormal(sd=0.001), "relu", 0.0, 1e-20),
        (ScaledNormal(sd=1.0), "relu", 1e10, math.inf),
    ],
)
def test_signal_through_ten_layers(start, activation, low, high):
    task = mlp([64] * 11 + [10], activation)
    units = task.units(start.draw(task, seeds(10)), task.parts.train.inputs)
    ratio = (units[10].square().mean() / units[1].square().mean()).item()
    assert low <= ratio <= high


@pytest.mark.parametrize("start", ALL, ids=lambda start: type(start).__name__)
def test_a_row_depends_on_its_seed_alone(start):
    task = mlp(precision="float32")
    together = start.draw(task, seeds(4))
    assert together.shape == (4, task.dimension)
    assert together.dtype == torch.float32
    assert torch.equal(start.draw(task, [Seed(2)])[0], together[2])
    assert torch.equal(start.draw(task, seeds(4)), together)
    assert torch.equal(together[0], together[1]) == isinstance(start, Constant)
    tuning = start.draw(task, seeds(4, "tuning"))
    assert torch.equal(tuning, together) == isinstance(start, Constant)


@pytest.mark.parametrize("start", ALL[:-1], ids=lambda start: type(start).__name__)
def test_biases_begin_at_zero_and_scales_at_one(start):
    module = nn.Sequential(nn.Linear(64, 8), nn.LayerNorm(8), nn.Linear(8, 10))
    task = ModuleTask(module=module, precision="float64", **COMMON)
    found = tensors(task, start.draw(task, seeds(2)))
    assert all((found[name] == 0).all() for name in ("0.bias", "1.bias", "2.bias"))
    assert (found["1.weight"] == 1).all()
    assert (found["2.weight"] != 0).all()


def test_a_problem_without_layers_is_refused():
    class Formula(Problem):
        dimension = 2

        def value(self, theta, batch=None):
            return theta.sum(-1)

    with pytest.raises(FieldError, match=r"He\.problem = 'Formula': must be a network"):
        He(distribution="normal").draw(Formula(), seeds(1))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Xavier(distribution="cauchy", gain=1.0), r"Xavier\.distribution = 'cauchy'"),
        (lambda: Xavier(distribution="normal", gain=0.0), r"Xavier\.gain = 0"),
        (lambda: Orthogonal(gain=-1.0), r"Orthogonal\.gain = -1"),
        (lambda: Constant(value=math.inf), r"Constant\.value = inf"),
        (lambda: ScaledNormal(sd=0.0), r"ScaledNormal\.sd = 0"),
    ],
)
def test_wrong_settings_are_refused(make, words):
    with pytest.raises(FieldError, match=words):
        make()
