"""RMSProp (Tieleman & Hinton 2012, lecture 6e): AdaGrad with a forgetting memory."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from src.core.checks import check_flag, check_number
from src.core.optimizer import Optimizer
from src.optimizers.second_moment import divisor, moving_average


class RMSPropState(NamedTuple):
    """What the method remembers."""

    second: Tensor  # moving average of squared gradients, shape (R, D)


@dataclass(frozen=True, kw_only=True)
class RMSProp(Optimizer):
    """``v <- beta v + (1 - beta) g^2;  theta <- theta - rate g / (sqrt(v) + eps)`` (row R23).

    Equals ``torch.optim.RMSprop(alpha=beta)``. ``v`` starts at 0 and is not corrected for it, so the first step
    is 1 / sqrt(1 - beta) times as long as the later ones under a steady gradient.

    Attributes:
        beta: share of the average that is kept each step, in [0, 1); torch calls it alpha.
        eps: keeps the divisor away from 0; above 0.
        inside_root: divide by ``sqrt(v + eps)`` instead, as the notebook writes it.
    """

    beta: float
    eps: float
    inside_root: bool

    def __post_init__(self) -> None:
        check_number(self, "beta", at_least=0, below=1)
        check_number(self, "eps", above=0)
        check_flag(self, "inside_root")

    def init(self, theta: Tensor) -> RMSPropState:
        """No gradient seen."""
        return RMSPropState(torch.zeros_like(theta))

    def update(
        self, grad: Tensor, state: RMSPropState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, RMSPropState]:
        """The gradient over its root mean square, shape (R, D)."""
        second = moving_average(state.second, grad, self.beta)
        return grad / divisor(second, self.eps, self.inside_root), RMSPropState(second)
