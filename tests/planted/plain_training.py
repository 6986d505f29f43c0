"""A training loop in plain torch that keeps what ``diagnose`` reads, on landscapes and on networks."""

import math
from collections.abc import Callable

import numpy as np
import torch
from plain_data import Data
from torch import Tensor, nn

Curves = dict[str, np.ndarray]
EVALUATIONS = 20


def norm(tensors: list[Tensor]) -> float:
    return math.sqrt(sum(float(each.double().square().sum()) for each in tensors))


def descend(
    parameters: list[Tensor],
    loss_at: Callable[[int], Tensor],
    optimizer: torch.optim.Optimizer,
    steps: int,
    losses: Callable[[], tuple[float, float]] | None = None,
    factor: Callable[[int], float] | None = None,
) -> Curves:
    """The loop: what a user records at each step, and training and validation loss ``EVALUATIONS`` times."""
    kept: dict[str, list[float]] = {name: [] for name in ("loss", "grad_norm", "param_norm", "update_ratio")}
    checks: list[tuple[float, float]] = []
    rate = optimizer.param_groups[0]["lr"]
    for step in range(steps):
        if losses and step % max(1, steps // EVALUATIONS) == 0:
            checks.append(losses())
        if factor:
            optimizer.param_groups[0]["lr"] = rate * factor(step)
        optimizer.zero_grad()
        loss = loss_at(step)
        loss.backward()
        before = [each.detach().clone() for each in parameters]
        size = norm(before)
        kept["loss"].append(float(loss.detach()))
        kept["grad_norm"].append(norm([each.grad for each in parameters if each.grad is not None]))
        kept["param_norm"].append(size)
        optimizer.step()
        moved = norm([each.detach() - old for each, old in zip(parameters, before, strict=True)])
        kept["update_ratio"].append(moved / size if size else math.inf)
    curves = {name: np.array(values) for name, values in kept.items()}
    if losses:
        checks.append(losses())
        curves["train_loss"], curves["valid_loss"] = np.array(checks).T
    return curves


Optimize = Callable[[list[Tensor]], torch.optim.Optimizer]


def sgd(rate: float, momentum: float = 0.0) -> Optimize:
    return lambda parameters: torch.optim.SGD(parameters, lr=rate, momentum=momentum)


def adam(rate: float, decay: float = 0.0) -> Optimize:
    return lambda parameters: torch.optim.AdamW(parameters, lr=rate, weight_decay=decay)


def point(start: list[float], value: Callable[[Tensor], Tensor], optimize: Optimize, steps: int) -> Curves:
    """A landscape."""
    torch.manual_seed(0)
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    return descend([theta], lambda _: value(theta), optimize([theta]), steps)


def quadratic(condition: float, dimension: int, optimize: Optimize, steps: int, noise: float = 0.0) -> Curves:
    """Curvatures from 1 to ``1 / condition``, each direction with the same share of the loss."""
    curvatures = torch.logspace(0, -math.log10(condition), dimension, dtype=torch.float64)
    draw = torch.Generator().manual_seed(1)

    def value(theta: Tensor) -> Tensor:
        slope = noise * torch.randn(dimension, generator=draw, dtype=torch.float64)
        return (curvatures * theta**2).sum() / 2 + (slope * curvatures.sqrt() * theta).sum()

    return point((1 / curvatures.sqrt()).tolist(), value, optimize, steps)


def rosenbrock(optimize: Optimize, steps: int, start: tuple[float, float] = (-1.2, 1.0)) -> Curves:
    return point(list(start), lambda t: (1 - t[0]) ** 2 + 100 * (t[1] - t[0] ** 2) ** 2, optimize, steps)


def train(
    model: nn.Module,
    data: Data,
    optimize: Optimize,
    steps: int,
    *,
    criterion: Callable[[Tensor, Tensor], Tensor] | None = None,
    batch: int | None = None,
    factor: Callable[[int], float] | None = None,
    watched: bool = True,
) -> Curves:
    """A network on data; classification where the targets are whole numbers."""
    criterion = criterion or (nn.functional.cross_entropy if data.y.dtype == torch.int64 else nn.functional.mse_loss)
    draw = torch.Generator().manual_seed(2)

    def loss_at(_: int) -> Tensor:
        rows = torch.randint(len(data.x), (batch,), generator=draw) if batch else slice(None)
        return criterion(model(data.x[rows]), data.y[rows])

    def losses() -> tuple[float, float]:
        model.eval()
        with torch.no_grad():
            found = float(criterion(model(data.x), data.y)), float(criterion(model(data.x_valid), data.y_valid))
        model.train()
        return found

    parameters = list(model.parameters())
    return descend(parameters, loss_at, optimize(parameters), steps, losses if watched else None, factor)


class Factors(nn.Module):
    """A matrix as the product of two thin ones."""

    def __init__(self, seed: int = 0):
        super().__init__()
        torch.manual_seed(seed)
        self.left, self.right = nn.Parameter(0.3 * torch.randn(20, 3)), nn.Parameter(0.3 * torch.randn(20, 3))
        self.target = torch.randn(20, 3) @ torch.randn(3, 20)

    def loss(self) -> Tensor:
        return (self.left @ self.right.T - self.target).square().mean()


def factorization(optimize: Optimize, steps: int, seed: int = 0) -> Curves:
    model = Factors(seed)
    parameters = list(model.parameters())
    return descend(parameters, lambda _: model.loss(), optimize(parameters), steps)


def cosine(steps: int) -> Callable[[int], float]:
    return lambda step: 0.5 * (1 + math.cos(math.pi * step / steps))
