"""What Xavier, He and LeCun initialization share: independent weights whose variance follows from the fans."""

import math
from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from src.core.checks import check_choice
from src.core.layers import Layer
from src.starts.weights import Weights


@dataclass(frozen=True, kw_only=True)
class VarianceScaling(Weights):
    """Weights of mean 0 and of a variance that each layer's fans give.

    Attributes:
        distribution: ``uniform`` or ``normal``.
    """

    distribution: str

    def __post_init__(self) -> None:
        check_choice(self, "distribution", ("uniform", "normal"))

    @abstractmethod
    def variance(self, layer: Layer) -> float:
        """Variance of a layer's weights."""

    def weight(self, layer: Layer, generator: np.random.Generator) -> np.ndarray:
        """Shape ``layer.shape``."""
        sd = math.sqrt(self.variance(layer))
        if self.distribution == "normal":
            return generator.normal(0.0, sd, layer.shape)
        half_width = math.sqrt(3) * sd  # the variance of U(-a, a) is a^2 / 3
        return generator.uniform(-half_width, half_width, layer.shape)
