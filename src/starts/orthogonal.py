"""Orthogonal initialization (Saxe et al. 2014): layers that turn, and neither stretch nor shrink."""

from dataclasses import dataclass

import numpy as np

from src.core.checks import check_number
from src.core.layers import Layer
from src.starts.weights import Weights


@dataclass(frozen=True, kw_only=True)
class Orthogonal(Weights):
    """Each weight, as a matrix of its first axis by all others, has orthonormal rows or columns (the fewer), scaled.

    Attributes:
        gain: factor on the matrix, above 0; 1 for tanh or linear units, sqrt(2) for relu.
    """

    gain: float

    def __post_init__(self) -> None:
        check_number(self, "gain", above=0)

    def weight(self, layer: Layer, generator: np.random.Generator) -> np.ndarray:
        """Shape ``layer.shape``."""
        short, long = sorted((layer.shape[0], int(np.prod(layer.shape[1:]))))
        q, r = np.linalg.qr(generator.standard_normal((long, short)))
        q = q * np.sign(np.diag(r))  # makes the draw uniform over orthonormal frames (Mezzadri 2007)
        matrix = q if layer.shape[0] == long else q.T
        return self.gain * matrix.reshape(layer.shape)
