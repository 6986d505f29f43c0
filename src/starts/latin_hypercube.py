"""Latin hypercube sampling (McKay, Beckman and Conover 1979)."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from src.starts.design import Design


@dataclass(frozen=True, kw_only=True)
class LatinHypercube(Design):
    """One point in each of the N equal slices of every dimension, uniform within its slice (row R41)."""

    def lay_out(self, dimension: int, generator: np.random.Generator) -> np.ndarray:
        """One design over the unit cube, shape (N, D)."""
        return qmc.LatinHypercube(dimension, rng=generator).random(self.points)
