"""The adding problem (Hochreiter and Schmidhuber 1997, section 5.4): remember two numbers over a long sequence."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from src.core.checks import check_count, check_vector, field_error
from src.problems.data import DataSet, Parts, Samples


@dataclass(frozen=True, kw_only=True)
class Adding(DataSet):
    """Sequences of numbers from U(0, 1), two of them marked, one in each half; the target is the sum of these two.

    Inputs are (N, length, 2), the number and the mark (1 or 0) at each time; targets (N, 1). The mean, 1, has a mean
    squared error of 1/6: whoever does better remembers.

    Attributes:
        length: numbers in a sequence, at least 2.
        samples: sequences in the training, validation and test part, each at least 1.
        data_seed: seed of all sequences; part of the problem, and the same for all replicates.
    """

    length: int
    samples: tuple[int, int, int]
    data_seed: int

    def __post_init__(self) -> None:
        check_count(self, "length", at_least=2)
        check_vector(self, "samples", 3)
        if not all(isinstance(count, int) and count >= 1 for count in self.samples):
            raise field_error(self, "samples", self.samples, "three whole numbers of at least 1")
        object.__setattr__(self, "samples", tuple(self.samples))  # a list from yaml could not be a cache's key
        check_count(self, "data_seed", at_least=0)

    def load(self) -> Parts:
        """The three parts, drawn once a process."""
        return _draw(self)


@lru_cache(maxsize=8)
def _draw(data: Adding) -> Parts:
    generator = np.random.default_rng(data.data_seed)
    return Parts(*(_sequences(generator, count, data.length) for count in data.samples))


def _sequences(generator: np.random.Generator, count: int, length: int) -> Samples:
    numbers = generator.uniform(size=(count, length))
    half = length // 2
    marked = np.stack([generator.integers(0, half, count), generator.integers(half, length, count)], axis=1)
    marks = np.zeros((count, length))
    np.put_along_axis(marks, marked, 1.0, axis=1)
    targets = (numbers * marks).sum(axis=1, keepdims=True)
    return Samples(torch.from_numpy(np.stack([numbers, marks], axis=-1)), torch.from_numpy(targets))
