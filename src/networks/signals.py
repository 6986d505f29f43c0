"""How large a network's activations and gradients are, layer by layer: measured, and as theory expects."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, cast

import numpy as np
import torch
from torch import Tensor

from src.core.checks import refuse
from src.core.problem import Problem
from src.core.start import Start
from src.core.streams import Seed
from src.problems.mlp import Mlp
from src.statistics.mean_field import Activation, WeightLayer, forward_and_backward

NETWORKS_AT_ONCE = 20  # deep networks whose units and derivatives stay in the cache together


class Signals(NamedTuple):
    """Mean squares over units and samples for each of S networks and L + 1 layers, from the inputs to the outputs.

    Mean squares are variances about 0. Of relu's units, whose mean is not 0, it is the mean square that the variance
    of the next layer's sums is proportional to.

    Attributes:
        forward: of the units, hidden ones after their activation, shape (S, L + 1).
        backward: of what arrives at these units of a gradient that is standard normal at the outputs, shape
            (S, L + 1). A loss's own gradient depends on the outputs, hence on the weights that it then passes on its
            way back; this one does not, which is what theory supposes, and it does not shrink as the loss does.
    """

    forward: np.ndarray
    backward: np.ndarray


def deepened(problem: Problem, depth: int) -> Mlp:
    """The perceptron ``problem`` with its first hidden layer ``depth`` times; FieldError where it has none."""
    if not isinstance(problem, Mlp) or len(problem.widths) < 3:
        raise refuse("initialization", "problem", type(problem).__name__, "a perceptron (Mlp) with a hidden layer")
    return replace(problem, widths=[problem.widths[0], *[problem.widths[1]] * depth, problem.widths[-1]])


def signals(network: Mlp, theta: Tensor, inputs: Tensor, seeds: Sequence[Seed]) -> Signals:
    """The signals of networks ``theta`` (S, D) on ``inputs`` (B, ...); ``seeds[s]`` draws row s's output gradient.

    In float64, since what 30 layers leave of a signal may be too small for float32.
    """
    precise = replace(network, precision="float64")
    parts = []
    for low in range(0, len(theta), NETWORKS_AT_ONCE):
        few = slice(low, low + NETWORKS_AT_ONCE)
        parts.append(_signals(precise, theta[few].double(), inputs.double(), seeds[few]))
    return _joined(parts)


def _signals(network: Mlp, theta: Tensor, inputs: Tensor, seeds: Sequence[Seed]) -> Signals:
    shared = inputs.expand(len(theta), *inputs.shape).flatten(2).clone().requires_grad_(True)
    units = network.units(theta, shared)
    units[0] = shared  # and not the view of it that the network made
    shape = units[-1].shape[1:]
    gradient = torch.from_numpy(np.stack([seed.generator("noise").standard_normal(shape) for seed in seeds]))
    slopes = torch.autograd.grad(units[-1], units, gradient)
    forward, backward = (
        torch.stack([one.detach().square().mean((1, 2)) for one in each], 1).numpy() for each in (units, slopes)
    )
    return Signals(forward, backward)


def _joined(parts: Sequence[Signals]) -> Signals:
    return Signals(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def at_initialization(
    network: Mlp, start: Start, inputs: Tensor, seeds: Sequence[Seed]
) -> tuple[Signals, tuple[np.ndarray, np.ndarray] | None]:
    """Draw one network a seed and measure it.

    Returns:
        The signals, and theory's mean squares forwards and backwards, each (L + 1,), which follow from nothing but
        the inputs and the weights' variance; None where the weights are not random.
    """
    parts, layers = [], []
    for low in range(0, len(seeds), NETWORKS_AT_ONCE):  # a thousand deep networks would fill the memory
        few = seeds[low : low + NETWORKS_AT_ONCE]
        theta = start.draw(network, few)
        parts.append(signals(network, theta, inputs, few))
        layers.append(_weights(network, theta))
        if layers[-1] is None:
            break  # all draws are the same network
    if any(each is None for each in layers):
        return _joined(parts), None
    averaged = [_averaged(same) for same in zip(*[each for each in layers if each is not None], strict=True)]
    of_inputs = inputs.double().flatten(1).square().mean(1).numpy()
    forward, backward = forward_and_backward(
        cast(Activation, network.activation), averaged, of_inputs, np.ones(len(of_inputs))
    )
    return _joined(parts), (forward.mean(axis=1), backward.mean(axis=1))


def _weights(network: Mlp, theta: Tensor) -> list[WeightLayer] | None:
    """What theory needs to know of the weights ``theta`` (S, D); None where a layer's are all equal: not random.

    The variances are measured, so that theory says what follows from the weights, whatever drew them.
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
    weight, bias = (float(np.mean([getattr(one, name) for one in same])) for name in WeightLayer._fields[2:])
    return same[0]._replace(weight_variance=weight, bias_variance=bias)
