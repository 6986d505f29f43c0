"""Second-moment preconditioning: RMSProp's scaling as a part of a chain, with or without Adam's correction."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from src.core.checks import check_flag, check_number
from src.core.optimizer import Optimizer
from src.optimizers.second_moment import moving_average, scaled_divisor


class PreconditionState(NamedTuple):
    """What the method remembers."""

    second: Tensor  # moving average of squared gradients, shape (R, D)


@dataclass(frozen=True, kw_only=True)
class Precondition(Optimizer):
    """``v <- beta v + (1 - beta) g^2;  g / (sqrt(v_hat) + eps)`` (row R27).

    ``v_hat`` is ``v / (1 - beta^(step + 1))`` with bias correction (Kingma & Ba 2015) and ``v`` without it; then
    the first step is 1 / sqrt(1 - beta) times too long, 31.62 at beta 0.999.

    Attributes:
        beta: share of the average that is kept each step, in [0, 1).
        eps: keeps the divisor away from 0; above 0.
        bias_correction: whether to correct ``v`` for starting at 0.
    """

    beta: float
    eps: float
    bias_correction: bool

    def __post_init__(self) -> None:
        check_number(self, "beta", at_least=0, below=1)
        check_number(self, "eps", above=0)
        check_flag(self, "bias_correction")

    def init(self, theta: Tensor) -> PreconditionState:
        """No gradient seen."""
        return PreconditionState(torch.zeros_like(theta))

    def update(
        self, grad: Tensor, state: PreconditionState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, PreconditionState]:
        """The gradient over its root mean square, shape (R, D)."""
        second = moving_average(state.second, grad, self.beta)
        correction: float = 1 - self.beta ** (step + 1) if self.bias_correction else 1.0
        return grad / scaled_divisor(second, correction**-0.5, self.eps), PreconditionState(second)
