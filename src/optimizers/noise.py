"""Annealed gradient noise (Neelakantan et al. 2015)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_flag, check_number
from src.core.optimizer import Optimizer, OptimizerState


@dataclass(frozen=True, kw_only=True)
class Noise(Optimizer):
    """``g + sd_t N(0, I)`` with ``sd_t = scale / (1 + t)^decay`` (row R26).

    The paper's equation 1 makes ``scale / (1 + t)^decay`` the *variance*: ``as_variance`` follows it, and its
    noise fades half as fast (in the exponent).

    Attributes:
        scale: standard deviation (or variance) at step 0, in units of the gradient; at least 0.
        decay: exponent by which it falls with the step, at least 0.
        as_variance: whether scale and decay describe the variance instead of the standard deviation.
    """

    scale: float
    decay: float
    as_variance: bool

    def __post_init__(self) -> None:
        check_number(self, "scale", at_least=0)
        check_number(self, "decay", at_least=0)
        check_flag(self, "as_variance")

    @property
    def needs_noise(self) -> bool:
        """Always."""
        return True

    def deviation(self, step: int) -> float:
        """Standard deviation of the noise at ``step`` (the first is 0)."""
        spread: float = self.scale / (1 + step) ** self.decay
        return spread**0.5 if self.as_variance else spread

    def init(self, theta: Tensor) -> OptimizerState:
        """Nothing to remember."""
        return ()

    def update(
        self, grad: Tensor, state: OptimizerState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, OptimizerState]:
        """The gradient plus scaled noise, shape (R, D)."""
        if noise is None:
            raise ValueError("Noise.update: noise is None: must be standard-normal draws of the gradient's shape")
        return torch.add(grad, noise, alpha=self.deviation(step)), state
