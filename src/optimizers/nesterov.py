"""Nesterov's accelerated gradient (Nesterov 1983), in the form of Sutskever et al. 2013."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.optimizer import Optimizer


class NesterovState(NamedTuple):
    """What the method remembers."""

    velocity: Tensor  # discounted sum of gradients, shape (R, D)


@dataclass(frozen=True, kw_only=True)
class Nesterov(Optimizer):
    """``v <- beta v + g;  theta <- theta - rate (g + beta v)``. Equals ``torch.optim.SGD(nesterov=True)``.

    ``theta`` is the point looked ahead to, so the gradient is taken where the velocity is about to carry it.

    Attributes:
        beta: share of the velocity that is kept each step, in [0, 1).
    """

    beta: float

    def __post_init__(self) -> None:
        check_number(self, "beta", at_least=0, below=1)

    def init(self, theta: Tensor) -> NesterovState:
        """At rest."""
        return NesterovState(torch.zeros_like(theta))

    def update(
        self, grad: Tensor, state: NesterovState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, NesterovState]:
        """The gradient plus what is kept of the new velocity, shape (R, D)."""
        velocity = torch.add(grad, state.velocity, alpha=self.beta)
        return torch.add(grad, velocity, alpha=self.beta), NesterovState(velocity)
