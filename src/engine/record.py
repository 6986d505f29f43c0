"""What a loop puts down at each step, without a small tensor for each: those would pin the memory around them."""

import torch
from torch import Tensor

BLOCK_VALUES = 2**18  # numbers that room is made for at once


class Record:
    """Values (R,) of one metric, one after another."""

    def __init__(self) -> None:
        self._blocks: list[Tensor] = []
        self._room = 0
        self._count = 0

    def __len__(self) -> int:
        """How many were put down."""
        return self._count

    @property
    def last(self) -> Tensor:
        """The values (R,) that were put down last."""
        return self._blocks[-1][self._room - 1]

    def put(self, value: Tensor) -> None:
        """Put down a copy of ``value`` (R,)."""
        if not self._blocks or self._room == len(self._blocks[-1]):
            self._blocks.append(value.new_empty(max(1, BLOCK_VALUES // max(1, len(value))), len(value)))
            self._room = 0
        self._blocks[-1][self._room] = value
        self._room += 1
        self._count += 1

    def stacked(self) -> Tensor:
        """All values, shape (number, R)."""
        return torch.cat([*self._blocks[:-1], self._blocks[-1][: self._room]])
