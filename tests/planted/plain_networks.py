"""Networks with starts that are known to help or to harm."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from plain_data import Data
from torch import Tensor, nn


def mlp(
    *sizes: int,
    activation: Callable[[], nn.Module] = nn.Tanh,
    start: Callable[[nn.Linear], object] | None = None,
    dropout: float = 0.0,
    normalized: bool = False,
    seed: int = 0,
) -> nn.Sequential:
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes[:-1]):
        layers += [nn.Linear(before, after), *([nn.LayerNorm(after)] if normalized else []), activation()]
        layers += [nn.Dropout(dropout)] if dropout else []
    model = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))
    if start:
        for layer in model:
            if isinstance(layer, nn.Linear):
                start(layer)
    return model


def he(gain: float = 1.0) -> Callable[[nn.Linear], object]:
    def start(layer: nn.Linear) -> None:
        nn.init.normal_(layer.weight, std=gain * math.sqrt(2 / layer.in_features))
        nn.init.zeros_(layer.bias)

    return start


def normal(sd: float, bias: float = 0.0) -> Callable[[nn.Linear], object]:
    def start(layer: nn.Linear) -> None:
        nn.init.normal_(layer.weight, std=sd)
        nn.init.constant_(layer.bias, bias)

    return start


def deep(depth: int, width: int, data: Data, out: int, **options: Any) -> nn.Sequential:
    return mlp(data.x.shape[1], *[width] * depth, out, **options)


def conv(seed: int = 0, width: int = 8) -> nn.Sequential:
    torch.manual_seed(seed)
    body = [nn.Conv2d(1, width, 3), nn.ReLU(), nn.Conv2d(width, width, 3), nn.ReLU(), nn.Flatten()]
    return nn.Sequential(*body, nn.Linear(16 * width, 2))


class Recurrent(nn.Module):
    """An Elman network that reads the last state; ``radius`` is the spectral radius of its recurrent matrix.

    Where units saturate, gradients vanish whatever the radius: they explode where tanh is given ``faint`` inputs
    without bias, or where units are linear.
    """

    def __init__(
        self,
        radius: float,
        width: int,
        activation: Callable[[Tensor], Tensor] = torch.tanh,
        seed: int = 0,
        bias: bool = True,
    ):
        super().__init__()
        torch.manual_seed(seed)
        matrix = torch.randn(width, width)
        self.recurrent = nn.Parameter(radius * matrix / torch.linalg.eigvals(matrix).abs().max())
        self.enter, self.leave = nn.Linear(1, width, bias=bias), nn.Linear(width, 1)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        state = torch.zeros(len(x), len(self.recurrent))
        for step in range(x.shape[1]):
            state = self.activation(self.enter(x[:, step, None]) + state @ self.recurrent.T)
        return self.leave(state)
