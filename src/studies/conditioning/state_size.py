"""State that a method keeps between steps, counted from its tensors (claim C7)."""

from typing import Any

import torch
from torch import Tensor

from src.core.optimizer import Optimizer


def numbers_per_parameter(optimizer: Optimizer, dimension: int = 8) -> float:
    """Numbers that the state holds for each parameter, after a step; bytes are this times 4 (float32) or 8."""
    theta = torch.ones(1, dimension)
    noise = torch.ones_like(theta) if optimizer.needs_noise else None
    _, state = optimizer.update(theta, optimizer.init(theta), theta, 0, noise)
    return sum(tensor.numel() for tensor in _tensors(state)) / dimension


def _tensors(state: Any) -> list[Tensor]:
    """All tensors in ``state``, however it is nested."""
    if isinstance(state, Tensor):
        return [state]
    return [tensor for part in state for tensor in _tensors(part)] if isinstance(state, tuple | list) else []
