"""Clipping by the global norm (Pascanu, Mikolov & Bengio 2013, algorithm 1)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.optimizer import Optimizer, OptimizerState

NORM_EPS = 1e-6  # row R25; torch's clip_grad_norm_ has the same


@dataclass(frozen=True, kw_only=True)
class Clip(Optimizer):
    """``g min(1, limit / (|g| + 1e-6))``, over all parameters of a row together (row R25).

    Equals ``torch.nn.utils.clip_grad_norm_(max_norm=limit)``; the direction is kept, and a gradient below the
    limit passes bit for bit. Alone it is clipped gradient descent; within a chain, a part.

    Attributes:
        limit: greatest norm of a row that passes unchanged, above 0.
    """

    limit: float

    def __post_init__(self) -> None:
        check_number(self, "limit", above=0)

    def init(self, theta: Tensor) -> OptimizerState:
        """Nothing to remember."""
        return ()

    def update(
        self, grad: Tensor, state: OptimizerState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, OptimizerState]:
        """The gradient (R, D) over ``max(1, (|g| + 1e-6) / limit)``: the formula with a call fewer."""
        norm = torch.linalg.vector_norm(grad, dim=-1, keepdim=True)
        excess = torch.rsub(norm, NORM_EPS / self.limit, alpha=-1 / self.limit)
        return grad / excess.clamp_(min=1), state
