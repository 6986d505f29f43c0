"""What ``torch.nn.Linear`` and ``torch.nn.Conv2d`` begin with when nothing else is asked for."""

import math
from dataclasses import dataclass

import numpy as np

from src.core.layers import Layer
from src.starts.weights import Weights


@dataclass(frozen=True, kw_only=True)
class TorchDefault(Weights):
    """Weights and biases uniform within ``1 / sqrt(fan_in)``: a third of the variance of LeCun's."""

    def weight(self, layer: Layer, generator: np.random.Generator) -> np.ndarray:
        """Shape ``layer.shape``."""
        half_width = 1 / math.sqrt(layer.fan_in)
        return generator.uniform(-half_width, half_width, layer.shape)

    def bias(self, layer: Layer, generator: np.random.Generator) -> np.ndarray:
        """Shape ``layer.shape``."""
        return self.weight(layer, generator)
