"""The peer: one replicate at a time with ``torch.optim.Adam``, as users of torch write it, and as lean."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from src.problems.learning import LearningTask
from src.problems.mlp import Mlp
from src.problems.rosenbrock import Rosenbrock


def descend_rosenbrock(problem: Rosenbrock, start: Tensor, rate: float, steps: int) -> float:
    """Loss after ``steps`` steps from ``start`` (2,); ``steps + 1`` evaluations, as the engine makes."""
    point = start.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([point], lr=rate)
    b = problem.b

    def loss() -> Tensor:
        x, y = point[0], point[1]
        return b * (y - x * x) ** 2 + (1 - x) ** 2

    for _ in range(steps):
        optimizer.zero_grad()
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimizer.step()
    return loss().item()


def train_network(
    task: LearningTask, module: nn.Sequential, start: Tensor, rate: float, batches: Sequence[Tensor]
) -> float:
    """Mean loss over the training part after one step on each of ``batches`` (B,), from ``start`` (D,).

    The function records and evaluates nothing between the steps, and the batches' order is drawn beforehand: the peer
    does less work than the engine.
    """
    load(task, module, start)
    inputs, targets = task.parts.train
    charge = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(module.parameters(), lr=rate)
    for batch in batches:
        optimizer.zero_grad()
        value = charge(module(inputs[batch]), targets[batch])
        value.backward()
        optimizer.step()
    with torch.no_grad():
        return float(charge(module(inputs), targets))


def load(task: LearningTask, module: nn.Sequential, row: Tensor) -> None:
    """Give ``module`` the weights that ``row`` (D,) holds in the task's layout."""
    with torch.no_grad():
        for layer, parameter in zip(task.layers, module.parameters(), strict=True):
            tensor = row[layer.start : layer.stop].view(layer.shape)
            # An Mlp's weights are (in, out), a module's (out, in).
            parameter.copy_(tensor.T if isinstance(task, Mlp) and layer.kind == "weight" else tensor)
