"""What theory expects of a wide network with independent weights: the mean square of its units, layer by layer.

Forwards: Poole et al. 2016 (NeurIPS, "Exponential expressivity in deep neural networks through transient chaos",
eq. 3); backwards: Schoenholz et al. 2017 (ICLR, "Deep information propagation"). For relu these are eqs. 9 and 13 of
He et al. 2015; near zero, where tanh is linear, eqs. 5 and 6 of Glorot & Bengio 2010.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import Array

Activation = Literal["relu", "tanh"]

# The trapezoidal rule over z, which is as exact as Gauss-Hermite's for smooth functions of a normal variable, and
# goes on being so where tanh is steep: there, Gauss and Hermite's nodes lie too far apart.
_Z = np.linspace(-8.0, 8.0, 1601)
_DENSITY = np.exp(-(_Z**2) / 2)
_DENSITY /= _DENSITY.sum()
_AT_ONCE = 256  # variances integrated together


class WeightLayer(NamedTuple):
    """What theory needs to know of one layer's weights and biases, all independent and of mean 0."""

    fan_in: int
    fan_out: int
    weight_variance: float
    bias_variance: float


def activation_moments(activation: Activation, variance: ArrayLike) -> tuple[Array, Array]:
    """``E[f(u)^2]`` and ``E[f'(u)^2]`` for u normal with mean 0 and ``variance`` (...), not negative -> (...)."""
    p = np.asarray(variance, dtype=np.float64)
    if activation == "relu":
        return p / 2, np.full_like(p, 0.5)
    flat = p.reshape(-1)
    moments = np.empty((2, flat.size))
    for low in range(0, flat.size, _AT_ONCE):
        part = slice(low, low + _AT_ONCE)
        square = np.tanh(np.sqrt(flat[part, None]) * _Z) ** 2
        moments[:, part] = square @ _DENSITY, (1 - square) ** 2 @ _DENSITY
    value, slope = moments.reshape(2, *p.shape)
    return value, slope


def forward_and_backward(
    activation: Activation, layers: list[WeightLayer], inputs: ArrayLike, output_gradient: ArrayLike
) -> tuple[Array, Array]:
    """Mean square of each layer's units, and of the loss's derivatives with respect to them.

    Args:
        activation: after every layer but the last.
        layers: the L layers with weights, in order.
        inputs: mean square of each sample's inputs, shape (B,).
        output_gradient: mean square of the derivatives with respect to the outputs, for each sample, shape (B,).

    Returns:
        Forwards (L + 1, B), from the inputs to the outputs, and backwards (L + 1, B) in the same order. Backwards
        supposes, as Schoenholz et al. do, that the weights on the way back are independent of those on the way there.
    """
    q = [np.asarray(inputs, dtype=np.float64)]
    slopes = []
    for depth, layer in enumerate(layers, 1):
        summed = layer.fan_in * layer.weight_variance * q[-1] + layer.bias_variance
        last = depth == len(layers)
        value, slope = (summed, np.ones_like(summed)) if last else activation_moments(activation, summed)
        q.append(value)
        slopes.append(slope)
    g = [np.asarray(output_gradient, dtype=np.float64)]
    for layer, slope in zip(reversed(layers), reversed(slopes), strict=True):
        g.append(layer.fan_out * layer.weight_variance * slope * g[-1])
    return np.stack(q), np.stack(g[::-1])
