"""Constant initialization: the units of a layer begin equal, and never become different (row R42, C12)."""

from dataclasses import dataclass

import numpy as np

from src.core.checks import check_number
from src.core.layers import Layer
from src.starts.weights import Weights


@dataclass(frozen=True, kw_only=True)
class Constant(Weights):
    """Every weight is ``value``.

    Attributes:
        value: any finite number.
    """

    value: float

    def __post_init__(self) -> None:
        check_number(self, "value")

    def weight(self, layer: Layer, generator: np.random.Generator) -> np.ndarray:
        """Shape ``layer.shape``."""
        return np.full(layer.shape, float(self.value))
