"""Random numbers for a search: one stream per seed and per name, drawn in blocks."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from src.core.streams import BLOCK_VALUES, Seed

LONGEST_BLOCK = 64  # most draws of one name that are made together


class Draws:
    """Random numbers by name, for R = S * L rows; the L rows of one seed share their numbers.

    Each name has its own stream, so that the numbers of one name do not depend on the draws of another, and a seed's
    numbers depend neither on its neighbours nor on the length of a block.
    """

    def __init__(self, seeds: Sequence[Seed], repeats: int = 1) -> None:
        self._seeds = list(seeds)
        self._repeats = repeats
        self._streams: dict[str, _Stream] = {}

    def normal(self, name: str, *shape: int) -> Tensor:
        """Standard-normal numbers, shape (R, *shape), float64; a name always has the same shape."""
        return self._next(name, shape, np.random.Generator.standard_normal)

    def uniform(self, name: str, *shape: int) -> Tensor:
        """Numbers uniform on [0, 1), shape (R, *shape), float64; a name always has the same shape."""
        return self._next(name, shape, np.random.Generator.random)

    def _next(self, name: str, shape: tuple[int, ...], draw: Callable[..., np.ndarray]) -> Tensor:
        stream = self._streams.get(name)
        if stream is None:
            generators = [seed.generator("search", name) for seed in self._seeds]
            stream = self._streams.setdefault(name, _Stream(generators, shape, draw))
        if stream.shape != shape or stream.draw is not draw:
            raise ValueError(f"draws of {name!r} have shape {stream.shape}, not {shape}, and one distribution")
        numbers = torch.from_numpy(stream.next())
        return numbers if self._repeats == 1 else numbers.repeat_interleave(self._repeats, dim=0)


class _Stream:
    """Numbers of one name and one shape, for all seeds."""

    def __init__(
        self, generators: list[np.random.Generator], shape: tuple[int, ...], draw: Callable[..., np.ndarray]
    ) -> None:
        self.shape = shape
        self.draw = draw
        self._generators = generators
        values = max(1, math.prod(shape) * len(generators))
        self._length = min(LONGEST_BLOCK, max(1, BLOCK_VALUES // values))
        self._block = np.empty((0, len(generators), *shape))
        self._position = 0

    def next(self) -> np.ndarray:
        """Next numbers, shape (S, *shape)."""
        if self._position == len(self._block):
            size = (self._length, *self.shape)
            self._block = np.stack([self.draw(generator, size) for generator in self._generators], axis=1)
            self._position = 0
        numbers: np.ndarray = self._block[self._position]
        self._position += 1
        return numbers
