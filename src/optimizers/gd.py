"""Gradient descent (Cauchy 1847): the direction is the gradient itself."""

from dataclasses import dataclass

from torch import Tensor

from src.core.optimizer import Optimizer, State


@dataclass(frozen=True, kw_only=True)
class GradientDescent(Optimizer):
    """``theta <- theta - rate g`` (row R20). Equals ``torch.optim.SGD``. No memory."""

    def init(self, theta: Tensor) -> State:
        """Nothing to remember."""
        return ()

    def update(
        self, grad: Tensor, state: State, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, State]:
        """The gradient, untouched, shape (R, D)."""
        return grad, state
