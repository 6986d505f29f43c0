"""OneMax: how many bits are not yet one (Ackley 1987; the drosophila of evolutionary computation)."""

from dataclasses import dataclass

from torch import Tensor

from src.core.problem import Minimum
from src.problems.bit_string import BitString


@dataclass(frozen=True, kw_only=True)
class OneMax(BitString):
    """The number of zeros: every bit counts by itself (claim C22)."""

    source = "Ackley 1987, A Connectionist Machine for Genetic Hillclimbing; claim C22"

    @property
    def minimum(self) -> Minimum:
        """0 at the string of ones."""
        return Minimum(0.0, ((1.0,) * self.dimension,))

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        return self.dimension - theta.sum(-1)
