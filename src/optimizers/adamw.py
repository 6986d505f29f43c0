"""AdamW (Loshchilov & Hutter 2019): Adam with weight decay outside the adaptive scaling."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.optimizer import Optimizer
from src.optimizers.adaptive_moments import Moments, adam_step, zero_moments


@dataclass(frozen=True, kw_only=True)
class AdamW(Optimizer):
    """``theta <- theta - rate (m_hat / (sqrt(v_hat) + eps) + weight_decay theta)``. Equals ``torch.optim.AdamW``.

    The decay is multiplied by the rate and its schedule, as torch does it; the paper lets only the schedule
    multiply it.

    Attributes:
        beta1: share of the gradient's average that is kept each step, in [0, 1).
        beta2: share of the squared gradient's average that is kept each step, in [0, 1).
        eps: keeps the divisor away from 0; above 0.
        weight_decay: pull of every parameter towards 0, relative to the rate; at least 0.
    """

    beta1: float
    beta2: float
    eps: float
    weight_decay: float

    def __post_init__(self) -> None:
        check_number(self, "beta1", at_least=0, below=1)
        check_number(self, "beta2", at_least=0, below=1)
        check_number(self, "eps", above=0)
        check_number(self, "weight_decay", at_least=0)

    def init(self, theta: Tensor) -> Moments:
        """Zero moments."""
        return zero_moments(theta)

    def update(
        self, grad: Tensor, state: Moments, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, Moments]:
        """Adam's direction plus the decay, shape (R, D)."""
        direction, moments = adam_step(grad, state, step, beta1=self.beta1, beta2=self.beta2, eps=self.eps)
        return torch.add(direction, theta, alpha=self.weight_decay), moments
