"""LeCun initialization (LeCun et al. 1998, Efficient BackProp): units' sums begin with the variance of the inputs."""

from dataclasses import dataclass

from src.core.layers import Layer
from src.starts.variance_scaling import VarianceScaling


@dataclass(frozen=True, kw_only=True)
class LeCun(VarianceScaling):
    """Variance ``1 / fan_in``: eq. 16 of the paper."""

    def variance(self, layer: Layer) -> float:
        """Variance of a layer's weights."""
        return 1 / layer.fan_in
