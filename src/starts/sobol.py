"""Scrambled Sobol' points (Sobol' 1967; scrambling after Matousek 1998)."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from src.core.checks import field_error
from src.starts.design import Design


@dataclass(frozen=True, kw_only=True)
class Sobol(Design):
    """The first N points of a scrambled Sobol' sequence; N must be a power of 2, or they lose their balance."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.points.bit_count() != 1:
            raise field_error(self, "points", self.points, "a power of 2")

    def lay_out(self, dimension: int, generator: np.random.Generator) -> np.ndarray:
        """One design over the unit cube, shape (N, D)."""
        return qmc.Sobol(dimension, scramble=True, rng=generator).random_base2(self.points.bit_length() - 1)
