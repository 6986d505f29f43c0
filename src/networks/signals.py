"""Mean squares of a network's activations and gradients, layer by layer: measured, and as theory expects."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, cast

import numpy as np
import torch
from torch import Tensor

from src.core.checks import field_error
from src.core.problem import Problem
from src.core.start import Start
from src.core.streams import Seed
from src.problems.mlp import Mlp
from src.statistics.mean_field import Activation, WeightLayer, forward_and_backward

NETWORKS_AT_ONCE = 20  # deep networks whose units and derivatives stay in the cache together


class Signals(NamedTuple):
    """Mean squares over units and samples for each of S networks and L + 1 layers, from the inputs to the outputs.

    Mean squares are variances about 0. The mean of relu's units is not 0; the variance of the next layer's sums is
    proportional to their mean square.

    Attributes:
        forward: mean square of the units, hidden ones after their activation, shape (S, L + 1).
        backward: mean square of the gradient at these units, for a gradient that is standard normal at the outputs,
            shape (S, L + 1). The gradient of a loss depends on the outputs, and so on the weights that it passes
            through; the standard-normal gradient is independent of them, as theory assumes, and does not shrink with
            the loss.
    """

    forward: np.ndarray
    backward: np.ndarray


def deepened(problem: Problem, depth: int) -> Mlp:
    """The perceptron ``problem`` with its first hidden layer repeated ``depth`` times.

    Raises:
        FieldError: the problem is not a perceptron with a hidden layer.
    """
    if not isinstance(problem, Mlp) or len(problem.widths) < 3:
        raise field_error(
            "initialization", "problem", type(problem).__name__, "a perceptron (Mlp) with a hidden layer"
        )
    return replace(problem, widths=[problem.widths[0], *[problem.widths[1]] * depth, problem.widths[-1]])


def signals(network: Mlp, theta: Tensor, inputs: Tensor, seeds: Sequence[Seed]) -> Signals:
    """Signals of networks ``theta`` (S, D) on ``inputs`` (B, ...); ``seeds[s]`` draws row s's output gradient.

    Networks are evaluated in float64, since a signal after 30 layers may be too small for float32.
    """
    precise = replace(network, precision="float64")
    parts = []
    for low in range(0, len(theta), NETWORKS_AT_ONCE):
        block = slice(low, low + NETWORKS_AT_ONCE)
        parts.append(_signals(precise, theta[block].double(), inputs.double(), seeds[block]))
    return _joined(parts)


def _signals(network: Mlp, theta: Tensor, inputs: Tensor, seeds: Sequence[Seed]) -> Signals:
    shared = inputs.expand(len(theta), *inputs.shape).flatten(2).clone().requires_grad_(True)
    units = network.units(theta, shared)
    units[0] = shared  # autograd needs this tensor, not the view of it that the network made
    shape = units[-1].shape[1:]
    gradient = torch.from_numpy(np.stack([seed.generator("noise").standard_normal(shape) for seed in seeds]))
    slopes = torch.autograd.grad(units[-1], units, gradient)
    forward, backward = (
        torch.stack([layer.detach().square().mean((1, 2)) for layer in layers], 1).numpy()
        for layers in (units, slopes)
    )
    return Signals(forward, backward)


def _joined(parts: Sequence[Signals]) -> Signals:
    return Signals(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def at_initialization(
    network: Mlp, start: Start, inputs: Tensor, seeds: Sequence[Seed]
) -> tuple[Signals, tuple[np.ndarray, np.ndarray] | None]:
    """Draw one network per seed and measure its signals.

    Returns:
        The signals, and theory's mean squares forwards and backwards, each (L + 1,), which follow from the inputs and
        the weights' variance alone; None where the weights are not random.
    """
    parts, layers = [], []
    for low in range(0, len(seeds), NETWORKS_AT_ONCE):  # a thousand deep networks would fill the memory
        block = seeds[low : low + NETWORKS_AT_ONCE]
        theta = start.draw(network, block)
        parts.append(signals(network, theta, inputs, block))
        layers.append(_weights(network, theta))
        if layers[-1] is None:
            break  # all draws are the same network
    if any(each is None for each in layers):
        return _joined(parts), None
    averaged = [_averaged(same) for same in zip(*[each for each in layers if each is not None], strict=True)]
    input_squares = inputs.double().flatten(1).square().mean(1).numpy()
    forward, backward = forward_and_backward(
        cast(Activation, network.activation), averaged, input_squares, np.ones(len(input_squares))
    )
    return _joined(parts), (forward.mean(axis=1), backward.mean(axis=1))


def _weights(network: Mlp, theta: Tensor) -> list[WeightLayer] | None:
    """Sizes and variances of the layers of ``theta`` (S, D), for theory; None where a layer's weights are all equal.

    Variances are measured, so that theory applies to any initialization. Equal weights are not random.
    """
    found = []
    for weight, bias in zip(network.layers[::2], network.layers[1::2], strict=True):
        values, biases = (theta[:, layer.start : layer.stop].double() for layer in (weight, bias))
        if bool((values == values[0, 0]).all()):
            return None
        variances = (float(values.square().mean()), float(biases.square().mean()))
        found.append(WeightLayer(weight.fan_in, weight.fan_out, *variances))
    return found


def _averaged(same: Sequence[WeightLayer]) -> WeightLayer:
    """One layer's variances, averaged over groups of networks."""
    weight, bias = (float(np.mean([getattr(layer, name) for layer in same])) for name in WeightLayer._fields[2:])
    return same[0]._replace(weight_variance=weight, bias_variance=bias)
