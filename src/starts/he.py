"""He initialization (He et al. 2015): Xavier's argument for relu, which switches half of the units off."""

from dataclasses import dataclass

from src.core.layers import Layer
from src.starts.variance_scaling import VarianceScaling


@dataclass(frozen=True, kw_only=True)
class He(VarianceScaling):
    """Variance ``2 / fan_in``: eq. 10 of the paper."""

    def variance(self, layer: Layer) -> float:
        """Variance of a layer's weights."""
        return 2 / layer.fan_in
