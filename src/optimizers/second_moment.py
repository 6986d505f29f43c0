"""The second moment of the gradient: what AdaGrad, RMSProp, Adam and preconditioning have in common.

The in-place calls below act on tensors made in the same expression, never on an argument.
"""

import torch
from torch import Tensor


def moving_average(second: Tensor, grad: Tensor, beta: float) -> Tensor:
    """``beta v + (1 - beta) g^2``, elementwise, shape (R, D)."""
    return torch.lerp(second, grad * grad, 1 - beta)


def divisor(second: Tensor, eps: float, inside_root: bool) -> Tensor:
    """``sqrt(v) + eps``, or ``sqrt(v + eps)`` where ``inside_root``; shape (R, D)."""
    return (second + eps).sqrt_() if inside_root else second.sqrt().add_(eps)


def scaled_divisor(second: Tensor, scale: float, eps: float) -> Tensor:
    """``scale sqrt(v) + eps``, shape (R, D): how bias corrections, plain floats, enter at no further call."""
    return torch.rsub(second.sqrt(), eps, alpha=-scale)
