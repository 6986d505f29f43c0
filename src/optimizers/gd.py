"""Gradient descent (Cauchy 1847): the direction is the gradient itself."""

from dataclasses import dataclass

from torch import Tensor

from src.core.optimizer import Optimizer, OptimizerState


@dataclass(frozen=True, kw_only=True)
class GradientDescent(Optimizer):
    """``theta <- theta - rate g`` (row R20). Equals ``torch.optim.SGD``. No memory."""

    def init(self, theta: Tensor) -> OptimizerState:
        """Nothing to remember."""
        return ()

    def update(
        self, grad: Tensor, state: OptimizerState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, OptimizerState]:
        """The gradient, untouched, shape (R, D)."""
        return grad, state
