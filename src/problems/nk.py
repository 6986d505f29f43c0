"""Kauffman's NK landscape with adjacent neighbours (Kauffman and Weinberger 1989): as rugged as K makes it."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_count, field_error
from src.core.problem import Minimum
from src.problems.bit_string import BitString


@dataclass(frozen=True, kw_only=True)
class Nk(BitString):
    """The mean of D contributions, each a random number for the state of a bit and of the K bits after it, in a ring.

    Attributes:
        neighbours: K, at least 0, below the number of bits.
        table_seed: the random tables' own seed: another one is another landscape.
    """

    neighbours: int
    table_seed: int
    source = "Kauffman and Weinberger 1989, Journal of Theoretical Biology 141; claim C23"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self, "neighbours", at_least=0)
        check_count(self, "table_seed", at_least=0)
        if self.neighbours >= self.dimension:
            raise field_error(self, "neighbours", self.neighbours, f"below dimension = {self.dimension}")

    @cached_property
    def table(self) -> Tensor:
        """Contributions (D, 2^(K+1)), uniform on [0, 1)."""
        drawn = np.random.default_rng(self.table_seed).random((self.dimension, 2 ** (self.neighbours + 1)))
        return torch.from_numpy(drawn)

    @cached_property
    def minimum(self) -> Minimum:
        """The lowest mean, exactly, by dynamic programming around the ring (Wright, Thompson and Zhang 2000)."""
        return Minimum(*_lowest(self.table.numpy(), self.neighbours))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        bits = theta.long()
        state = torch.zeros_like(bits)
        for shift in range(self.neighbours + 1):
            state = 2 * state + bits.roll(-shift, dims=-1)
        places = torch.arange(self.dimension)
        return self.table[places, state].mean(-1)


def _lowest(table: np.ndarray, neighbours: int) -> tuple[float, tuple[tuple[float, ...], ...]]:
    """The lowest mean of contributions around a ring, and one string that has it.

    For each choice of the first K bits, bits are added one by one; what is kept is the best sum for each state of the
    last K bits.
    """
    count, width = len(table), neighbours
    best: tuple[float, tuple[int, ...]] = (np.inf, ())
    for first in product((0, 1), repeat=width):
        sums: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {first: (0.0, first)}
        for place in range(count):
            following: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {}
            for last, (total, string) in sums.items():
                at = place + width
                for bit in (first[at - count],) if at >= count and width else (0, 1):
                    window = (*last, bit)
                    state = int("".join(map(str, window)), 2)
                    candidate = (total + float(table[place, state]), (*string, bit))
                    key = window[1:] if width else ()
                    if key not in following or candidate[0] < following[key][0]:
                        following[key] = candidate
            sums = following
        best = min(best, *sums.values())
    return best[0] / count, (tuple(float(bit) for bit in best[1][:count]),)
