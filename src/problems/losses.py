"""What a network's outputs are charged: cross-entropy for classes, mean squared error for values."""

import torch
from torch import Tensor

LOSSES = ("cross_entropy", "mse")


def mean_loss(loss: str, outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean loss of each row.

    Args:
        loss: one of ``LOSSES``.
        outputs: logits or predictions, shape (R, B, K).
        targets: classes (R, B) or (B,) for ``cross_entropy``, values (R, B, K) or (B, K) for ``mse``.

    Returns:
        Shape (R,).
    """
    if loss == "mse":
        return (outputs - targets).square().mean((-2, -1))
    return _picked(_log_softmax(outputs), targets).mean((-2, -1)).neg()


def loss_and_slope(loss: str, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """``mean_loss`` (R,) and its derivative with respect to ``outputs`` (R, B, K), written out."""
    samples, width = outputs.shape[-2:]
    if loss == "mse":
        gap = outputs - targets
        return gap.square().mean((-2, -1)), gap * (2 / (samples * width))
    logs = _log_softmax(outputs)
    value = _picked(logs, targets).mean((-2, -1)).neg()
    slope = logs.exp()
    index = _index(slope, targets)
    slope.scatter_add_(-2, index, slope.new_full((), -1.0).expand(index.shape))  # softmax - onehot
    return value, slope.div_(samples).transpose(-2, -1)


def accuracy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Share of samples whose largest logit is their class: (R, B, K), (B,) -> (R,)."""
    return (outputs.argmax(-1) == targets).to(outputs.dtype).mean(-1)


def _log_softmax(outputs: Tensor) -> Tensor:
    """Log-probabilities, shape (R, K, B): along a short last axis, torch would take nine times as long."""
    return torch.log_softmax(outputs.transpose(-2, -1).contiguous(), -2)


def _index(logs: Tensor, targets: Tensor) -> Tensor:
    return targets.unsqueeze(-2).expand(len(logs), 1, -1)


def _picked(logs: Tensor, targets: Tensor) -> Tensor:
    return logs.gather(-2, _index(logs, targets))
