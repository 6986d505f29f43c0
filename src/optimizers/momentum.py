"""Momentum, the heavy ball (Polyak 1964)."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.optimizer import Optimizer


class MomentumState(NamedTuple):
    """What the method remembers."""

    velocity: Tensor  # discounted sum of gradients, shape (R, D)


@dataclass(frozen=True, kw_only=True)
class Momentum(Optimizer):
    """``v <- beta v + g;  theta <- theta - rate v`` (row R21). Equals ``torch.optim.SGD(momentum=beta)``.

    Gradients are summed, not averaged: under a steady gradient the steps grow to 1 / (1 - beta) times those of
    gradient descent.

    Attributes:
        beta: share of the velocity that is kept each step, in [0, 1).
    """

    beta: float

    def __post_init__(self) -> None:
        check_number(self, "beta", at_least=0, below=1)

    def init(self, theta: Tensor) -> MomentumState:
        """At rest."""
        return MomentumState(torch.zeros_like(theta))

    def update(
        self, grad: Tensor, state: MomentumState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, MomentumState]:
        """The new velocity, shape (R, D)."""
        velocity = torch.add(grad, state.velocity, alpha=self.beta)
        return velocity, MomentumState(velocity)
