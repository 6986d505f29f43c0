"""Randomness as an argument: one independent stream per seed and purpose.

A stream is a counter-based Philox generator (Salmon et al. 2011) keyed by the root seed, the split, the seed's number
and the purpose. A seed's numbers depend on nothing else: neither on the number of seeds, nor on the chunk, nor on the
process; and the tuning and test splits cannot share a number.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Split = Literal["tuning", "test"]
SPLITS: tuple[Split, ...] = ("tuning", "test")
Purpose = Literal["start", "noise", "order", "data", "search"]

# Fixed draw sizes keep memory bounded; sequential draws make the numbers independent of them.
BLOCK_VALUES = 2**18


@dataclass(frozen=True)
class Seed:
    """One random stream: ``number`` within ``split``, under the laboratory-wide ``root_seed``."""

    number: int
    split: Split = "test"
    root_seed: int = 0

    def generator(self, purpose: Purpose, name: str = "") -> np.random.Generator:
        """A new generator at the beginning of this seed's stream for ``purpose``, and ``name`` if there is one."""
        within = (zlib.crc32(name.encode()),) if name else ()
        key = (SPLITS.index(self.split), self.number, zlib.crc32(purpose.encode()), *within)
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(self.root_seed, spawn_key=key)))


def seeds(count: int, split: Split = "test", root_seed: int = 0, first: int = 0) -> list[Seed]:
    """``count`` seeds of ``split``, from the number ``first`` on."""
    return [Seed(number, split, root_seed) for number in range(first, first + count)]


class NormalStream:
    """Standard-normal noise, one ``(D,)`` vector per step and per seed of S seeds, drawn in blocks of steps."""

    def __init__(self, seeds: Sequence[Seed], dimension: int) -> None:
        self._generators = [seed.generator("noise") for seed in seeds]
        self._dimension = dimension
        self._length = max(1, BLOCK_VALUES // max(1, dimension * len(seeds)))
        self._block = np.empty((0, len(seeds), dimension))
        self._position = 0

    def next(self) -> np.ndarray:
        """Noise of the next step, shape (S, D), float64."""
        if self._position == len(self._block):
            shape = (self._length, self._dimension)
            self._block = np.stack([g.standard_normal(shape) for g in self._generators], axis=1)
            self._position = 0
        noise: np.ndarray = self._block[self._position]
        self._position += 1
        return noise


class OrderStream:
    """Mini-batches of sample indices for S seeds: permutations of the data, one after another.

    Every sample is seen once before any is seen again, and every batch has the same size; a batch may therefore
    straddle two epochs where the batch size does not divide the number of samples.
    """

    def __init__(self, seeds: Sequence[Seed], size: int, batch_size: int) -> None:
        self._generators = [seed.generator("order") for seed in seeds]
        self._size = size
        self._batch_size = batch_size
        self._queue = np.empty((len(seeds), 0), dtype=np.int64)

    def next(self) -> np.ndarray:
        """Sample indices of the next step, shape (S, B), int64."""
        while self._queue.shape[1] < self._batch_size:
            epoch = np.stack([g.permutation(self._size) for g in self._generators])
            self._queue = np.concatenate([self._queue, epoch], axis=1)
        batch, self._queue = np.split(self._queue, [self._batch_size], axis=1)
        return batch
