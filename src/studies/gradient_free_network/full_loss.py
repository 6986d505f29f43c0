"""Training loss of a network as a problem for searches."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.problem import Problem


@dataclass(frozen=True, kw_only=True)
class FullLoss(Problem):
    """A task's loss over all training samples, in float64 as searches are, without the graph of a gradient.

    Attributes:
        task: the network with its data.
    """

    task: Problem

    @property
    def dimension(self) -> int:
        """Number of weights."""
        return self.task.dimension

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        with torch.no_grad():
            return self.task.value(theta.to(self.task.dtype), batch).to(theta.dtype)
