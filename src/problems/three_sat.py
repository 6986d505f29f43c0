"""Random 3-SAT with a solution that is known (planted): how many clauses are not satisfied."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from src.core.checks import check_count
from src.core.problem import Minimum
from src.problems.bit_string import BitString


@dataclass(frozen=True, kw_only=True)
class ThreeSat(BitString):
    """Each clause names three different bits and what each should be; one that is right satisfies it.

    Clauses that a hidden random string does not satisfy are not drawn, so that the minimum is 0.

    Attributes:
        clauses: number of clauses M, at least 1; about 4.3 a bit are the hardest.
        clause_seed: the random clauses' own seed: another one is another formula.
    """

    clauses: int
    clause_seed: int
    source = "Mitchell, Selman and Levesque 1992 (AAAI), with a planted solution; claim C23"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self, "dimension", at_least=3)
        check_count(self, "clauses")
        check_count(self, "clause_seed", at_least=0)

    @cached_property
    def formula(self) -> tuple[Tensor, Tensor, tuple[float, ...]]:
        """Bits (M, 3) and the values wanted of them (M, 3), and the hidden string."""
        draw = np.random.default_rng(self.clause_seed)
        hidden = draw.integers(0, 2, self.dimension)
        bits: list[np.ndarray] = []
        wanted: list[np.ndarray] = []
        while len(bits) < self.clauses:
            chosen, values = draw.choice(self.dimension, 3, replace=False), draw.integers(0, 2, 3)
            if (hidden[chosen] == values).any():
                bits.append(chosen)
                wanted.append(values)
        solution = tuple(float(bit) for bit in hidden)
        return torch.from_numpy(np.stack(bits)), torch.from_numpy(np.stack(wanted)).double(), solution

    @property
    def minimum(self) -> Minimum:
        """0 at the hidden string."""
        return Minimum(0.0, (self.formula[2],))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        bits, wanted, _ = self.formula
        satisfied = (theta[..., bits] == wanted).any(-1)
        return self.clauses - satisfied.sum(-1).to(theta.dtype)
