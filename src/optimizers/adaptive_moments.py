"""The step of Adam (Kingma & Ba 2015, algorithm 1), shared by Adam and AdamW."""

from math import sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from src.optimizers.second_moment import moving_average, scaled_divisor


class Moments(NamedTuple):
    """Moving averages of the gradient and of its square, each of shape (R, D)."""

    first: Tensor
    second: Tensor


def zero_moments(theta: Tensor) -> Moments:
    """Moments before the first gradient, for parameters of shape (R, D)."""
    return Moments(torch.zeros_like(theta), torch.zeros_like(theta))


def adam_step(
    grad: Tensor, moments: Moments, step: int, *, beta1: float, beta2: float, eps: float
) -> tuple[Tensor, Moments]:
    """``m_hat / (sqrt(v_hat) + eps)`` and the new moments, where ``m_hat = m / c1`` and ``v_hat = v / c2``.

    The corrections ``c = 1 - beta^(step + 1)`` are folded into the divisor, ``c1 / sqrt(c2) sqrt(v) + c1 eps``:
    the same number, with two passes over (R, D) fewer.
    """
    first = torch.lerp(moments.first, grad, 1 - beta1)
    second = moving_average(moments.second, grad, beta2)
    correction1 = 1 - beta1 ** (step + 1)
    correction2 = 1 - beta2 ** (step + 1)
    divisor = scaled_divisor(second, correction1 / sqrt(correction2), correction1 * eps)
    return first / divisor, Moments(first, second)
