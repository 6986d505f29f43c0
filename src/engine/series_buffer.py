"""Buffer for the values that a loop records at each step.

One small tensor per step would pin the memory around it; the buffer copies values into large blocks.
"""

import torch
from torch import Tensor

BLOCK_VALUES = 2**18  # numbers per block


class SeriesBuffer:
    """Values (R,) of one metric, in the order of the steps."""

    def __init__(self) -> None:
        self._blocks: list[Tensor] = []
        self._room = 0
        self._count = 0

    def __len__(self) -> int:
        """Number of recorded steps."""
        return self._count

    @property
    def last(self) -> Tensor:
        """Last recorded values, shape (R,)."""
        return self._blocks[-1][self._room - 1]

    def append(self, value: Tensor) -> None:
        """Record a copy of ``value`` (R,)."""
        if not self._blocks or self._room == len(self._blocks[-1]):
            self._blocks.append(value.new_empty(max(1, BLOCK_VALUES // max(1, len(value))), len(value)))
            self._room = 0
        self._blocks[-1][self._room] = value
        self._room += 1
        self._count += 1

    def stacked(self) -> Tensor:
        """All recorded values, shape (steps, R)."""
        return torch.cat([*self._blocks[:-1], self._blocks[-1][: self._room]])
