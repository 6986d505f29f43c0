"""Every gradient method against its counterpart in torch.optim: 200 steps in float64, equal up to rounding."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor

from src.core.optimizer import Optimizer
from src.optimizers.adagrad import AdaGrad
from src.optimizers.adam import Adam
from src.optimizers.adamw import AdamW
from src.optimizers.clip import Clip
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.optimizers.nesterov import Nesterov
from src.optimizers.precondition import Precondition
from src.optimizers.rmsprop import RMSProp

STEPS = 200
Loss = Callable[[Tensor], Tensor]


def rosenbrock(theta: Tensor) -> Tensor:
    """b = 10 in two dimensions."""
    x, y = theta.unbind(-1)
    return 10 * (y - x**2) ** 2 + (1 - x) ** 2


def quadratic(theta: Tensor) -> Tensor:
    """Curvatures 1 to 20 in five dimensions."""
    return (torch.linspace(1, 20, 5, dtype=torch.float64) * theta**2).sum(-1) / 2


def network(theta: Tensor) -> Tensor:
    """Mean squared error of a 3-4-1 tanh network, 21 parameters in one flat row."""
    inputs = torch.linspace(-1, 1, 30, dtype=torch.float64).reshape(10, 3)
    hidden, bias, out, offset = theta.split([12, 4, 4, 1], dim=-1)
    activity = torch.tanh(inputs @ hidden.reshape(-1, 3, 4) + bias[:, None])
    predicted = (activity * out[:, None]).sum(-1) + offset
    return (predicted - torch.sin(3 * inputs.sum(-1))).square().mean(-1)


LOSSES: dict[str, tuple[Loss, int]] = {
    "rosenbrock": (rosenbrock, 2),
    "quadratic": (quadratic, 5),
    "network": (network, 21),
}
SGD, DECAYED = torch.optim.SGD, partial(torch.optim.RMSprop, alpha=0.9)
CASES: dict[str, tuple[Optimizer, Callable[..., torch.optim.Optimizer], tuple[float, ...]]] = {
    "gd": (GradientDescent(), SGD, (1e-4, 1e-3, 1e-2)),
    "momentum": (Momentum(beta=0.9), partial(SGD, momentum=0.9), (1e-4, 2e-3)),
    "momentum 0.5": (Momentum(beta=0.5), partial(SGD, momentum=0.5), (1e-4, 5e-3)),
    "nesterov": (Nesterov(beta=0.9), partial(SGD, momentum=0.9, nesterov=True), (1e-4, 2e-3)),
    "nesterov 0.7": (Nesterov(beta=0.7), partial(SGD, momentum=0.7, nesterov=True), (1e-4, 2e-3)),
    "adagrad": (AdaGrad(eps=1e-10, inside_root=False), torch.optim.Adagrad, (1e-2, 0.3)),
    "adagrad eps": (AdaGrad(eps=0.05, inside_root=False), partial(torch.optim.Adagrad, eps=0.05), (1e-2, 0.3)),
    "rmsprop": (RMSProp(beta=0.9, eps=1e-8, inside_root=False), DECAYED, (1e-3, 1e-2)),
    "rmsprop eps": (
        RMSProp(beta=0.99, eps=0.01, inside_root=False),
        partial(torch.optim.RMSprop, alpha=0.99, eps=0.01),
        (1e-3, 1e-2),
    ),
    "precondition": (Precondition(beta=0.9, eps=1e-8, bias_correction=False), DECAYED, (1e-3, 1e-2)),
    "precondition corrected": (
        Precondition(beta=0.99, eps=1e-3, bias_correction=True),
        partial(torch.optim.Adam, betas=(0.0, 0.99), eps=1e-3),
        (1e-3, 1e-2),
    ),
    "adam": (Adam(beta1=0.9, beta2=0.999, eps=1e-8), torch.optim.Adam, (1e-3, 1e-2, 0.1)),
    "adam betas": (
        Adam(beta1=0.3, beta2=0.8, eps=0.1),
        partial(torch.optim.Adam, betas=(0.3, 0.8), eps=0.1),
        (1e-3, 0.1),
    ),
    "adamw": (
        AdamW(beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01),
        torch.optim.AdamW,
        (1e-3, 1e-2, 0.1),
    ),
    "adamw decay": (
        AdamW(beta1=0.8, beta2=0.95, eps=1e-4, weight_decay=0.5),
        partial(torch.optim.AdamW, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.5),
        (1e-3, 0.1),
    ),
}


def starts(dimension: int) -> Tensor:
    """Three rows, far enough apart to follow different paths."""
    return torch.randn(3, dimension, dtype=torch.float64, generator=torch.Generator().manual_seed(7))


def gradient(loss: Loss, theta: Tensor) -> Tensor:
    leaf = theta.clone().requires_grad_(True)
    return torch.autograd.grad(loss(leaf).sum(), leaf)[0]


def torch_path(make: Callable[..., torch.optim.Optimizer], loss: Loss, theta: Tensor, rate: float) -> list[Tensor]:
    """The start and the 200 points after it."""
    leaf = theta.clone().requires_grad_(True)
    optimizer, path = make([leaf], lr=rate), [theta]
    for _ in range(STEPS):
        leaf.grad = gradient(loss, leaf.detach())
        optimizer.step()
        path.append(leaf.detach().clone())
    return path


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("case", CASES)
def test_each_step_along_a_path_equals_torch(case: str, loss_name: str) -> None:
    """Both see torch's gradients, so that rounding is not amplified where a path is chaotic; memory is our own."""
    ours, theirs, rates = CASES[case]
    loss, dimension = LOSSES[loss_name]
    for rate in rates:
        path = torch_path(theirs, loss, starts(dimension), rate)
        state, stepped = ours.init(path[0]), []
        for step, theta in enumerate(path[:-1]):
            direction, state = ours.update(gradient(loss, theta), state, theta, step, None)
            stepped.append(theta - rate * direction)
        torch.testing.assert_close(torch.stack(stepped), torch.stack(path[1:]), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("case", CASES)
def test_whole_path_equals_torch(case: str, loss_name: str) -> None:
    """Each by itself, at the smallest rate, where paths are not chaotic."""
    ours, theirs, rates = CASES[case]
    loss, dimension = LOSSES[loss_name]
    theta = starts(dimension)
    expected = torch_path(theirs, loss, theta, rates[0])[-1]
    assert (expected - theta).abs().max() > 1e-3
    state = ours.init(theta)
    for step in range(STEPS):
        direction, state = ours.update(gradient(loss, theta), state, theta, step, None)
        theta = theta - rates[0] * direction
    torch.testing.assert_close(theta, expected, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("limit", [0.1, 1.0, 30.0])
def test_clip_equals_clip_grad_norm(limit: float) -> None:
    """Rows with norms of about 0.03, 3 and 300, each clipped by itself, as three models would be."""
    grad = starts(50)[:, :10] * torch.tensor([[0.01], [1.0], [100.0]], dtype=torch.float64)
    clipped, _ = Clip(limit=limit).update(grad, (), grad, 0, None)
    for row, expected in zip(clipped, grad, strict=True):
        parameters = [torch.zeros(4, dtype=torch.float64), torch.zeros(6, dtype=torch.float64)]
        for parameter, part in zip(parameters, expected.split([4, 6]), strict=True):
            parameter.grad = part.clone()
        torch.nn.utils.clip_grad_norm_(parameters, max_norm=limit)
        torch.testing.assert_close(row, torch.cat([p.grad for p in parameters]), rtol=1e-14, atol=0)
