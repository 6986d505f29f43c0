"""AdaGrad (Duchi, Hazan & Singer 2011): each coordinate's rate shrinks with the gradients that it has seen."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from src.core.checks import check_flag, check_number
from src.core.optimizer import Optimizer
from src.optimizers.second_moment import divisor


class AdaGradState(NamedTuple):
    """What the method remembers."""

    sum_of_squares: Tensor  # of all gradients so far, shape (R, D)


@dataclass(frozen=True, kw_only=True)
class AdaGrad(Optimizer):
    """``G <- G + g^2;  theta <- theta - rate g / (sqrt(G) + eps)`` (row R22). Equals ``torch.optim.Adagrad``.

    Attributes:
        eps: keeps the divisor away from 0; above 0.
        inside_root: divide by ``sqrt(G + eps)`` instead, as the notebook writes it.
    """

    eps: float
    inside_root: bool

    def __post_init__(self) -> None:
        check_number(self, "eps", above=0)
        check_flag(self, "inside_root")

    def init(self, theta: Tensor) -> AdaGradState:
        """No gradient seen."""
        return AdaGradState(torch.zeros_like(theta))

    def update(
        self, grad: Tensor, state: AdaGradState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, AdaGradState]:
        """The gradient over the root of its running sum of squares, shape (R, D)."""
        total = torch.addcmul(state.sum_of_squares, grad, grad)
        return grad / divisor(total, self.eps, self.inside_root), AdaGradState(total)
