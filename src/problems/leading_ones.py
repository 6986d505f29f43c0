"""LeadingOnes: how many bits come from the first zero on (Rudolph 1997)."""

from dataclasses import dataclass

from torch import Tensor

from src.core.problem import Minimum
from src.problems.bit_string import BitString


@dataclass(frozen=True, kw_only=True)
class LeadingOnes(BitString):
    """D less the length of the first run of ones: bits count in their order only (claim C22)."""

    source = "Rudolph 1997, Convergence Properties of Evolutionary Algorithms; claim C22"

    @property
    def minimum(self) -> Minimum:
        """0 at the string of ones."""
        return Minimum(0.0, ((1.0,) * self.dimension,))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        return self.dimension - theta.cumprod(-1).sum(-1)
