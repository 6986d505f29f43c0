"""Normal weights of one size in every layer, whatever its fans: too small vanishes, too large explodes (R42, C12)."""

from dataclasses import dataclass

import numpy as np

from src.core.checks import check_number
from src.core.layers import Layer
from src.starts.weights import Weights


@dataclass(frozen=True, kw_only=True)
class ScaledNormal(Weights):
    """Weights from N(0, sd^2).

    Attributes:
        sd: standard deviation, above 0.
    """

    sd: float

    def __post_init__(self) -> None:
        check_number(self, "sd", above=0)

    def weight(self, layer: Layer, generator: np.random.Generator) -> np.ndarray:
        """Shape ``layer.shape``."""
        return generator.normal(0.0, self.sd, layer.shape)
