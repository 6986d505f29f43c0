"""Xavier initialization (Glorot & Bengio 2010): keeps the variance of activations and of gradients level."""

from dataclasses import dataclass

from src.core.checks import check_number
from src.core.layers import Layer
from src.starts.variance_scaling import VarianceScaling


@dataclass(frozen=True, kw_only=True)
class Xavier(VarianceScaling):
    """Variance ``gain^2 * 2 / (fan_in + fan_out)``: eq. 12 of the paper, and eq. 16 where uniform.

    Attributes:
        gain: factor on the weights, above 0; 1 in the paper.
    """

    gain: float

    def __post_init__(self) -> None:
        check_number(self, "gain", above=0)
        super().__post_init__()

    def variance(self, layer: Layer) -> float:
        """Variance of a layer's weights."""
        return self.gain**2 * 2 / (layer.fan_in + layer.fan_out)
