"""Multi-layer perceptrons, many at once, with the backward pass written out (Rumelhart, Hinton and Williams 1986)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import torch
from torch import Tensor

from src.core.checks import check_choice, field_error
from src.core.layers import Layer
from src.problems.learning import LearningTask
from src.problems.losses import loss_and_slope


@dataclass(frozen=True, kw_only=True)
class Mlp(LearningTask):
    """Fully connected layers; with two widths it is logistic (or linear) regression.

    Each row of ``theta`` holds, layer after layer, the weight (in, out) and then the bias (out).

    Attributes:
        widths: units of each layer, from the inputs to the outputs.
        activation: ``relu`` or ``tanh``, after every layer but the last.
    """

    widths: Sequence[int]
    activation: str

    def __post_init__(self) -> None:
        widths = self.widths
        if not isinstance(widths, Sequence) or len(widths) < 2 or not all(_is_width(width) for width in widths):
            raise field_error(self, "widths", widths, "a list of at least two whole numbers above 0")
        check_choice(self, "activation", ("relu", "tanh"))
        super().__post_init__()
        features = self.parts.train.inputs[0].numel()
        if (widths[0], widths[-1]) != (features, self.output_width):
            ends = f"from the data's {features} inputs to its {self.output_width} outputs"
            raise field_error(self, "widths", widths, ends)

    @cached_property
    def layers(self) -> list[Layer]:
        """Weight and bias of each layer."""
        found: list[Layer] = []
        stop = 0
        for depth, (inner, outer) in enumerate(pairwise(self.widths)):
            start, middle, stop = stop, stop + inner * outer, stop + inner * outer + outer
            found.append(Layer(f"{depth}.weight", (inner, outer), inner, outer, start, middle, "weight"))
            found.append(Layer(f"{depth}.bias", (outer,), inner, outer, middle, stop, "bias"))
        return found

    @property
    def activations(self) -> int:
        """All layers' units."""
        return sum(self.widths)

    def outputs(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """Shapes (R, D) and (B, ...) or (R, B, ...) -> (R, B, K)."""
        return self.units(theta, inputs)[-1]

    def units(self, theta: Tensor, inputs: Tensor) -> list[Tensor]:
        """Every layer's units (R, B, width), from the inputs to the outputs; hidden ones after their activation."""
        return self._forward(self._tensors(theta), self._rows(theta, inputs))

    def slope(self, theta: Tensor, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Mean loss (R,) and its gradient (R, D), four times as fast as autograd of ``value``."""
        with torch.no_grad():
            tensors = self._tensors(theta)
            units = self._forward(tensors, self._rows(theta, inputs))
            value, delta = loss_and_slope(self.loss, units.pop(), targets)
            grad = torch.empty_like(theta)
            for depth, (by_weight, by_bias) in reversed(list(enumerate(self._tensors(grad)))):
                # Into a new tensor first: bmm into a strided one would go row by row.
                by_weight.copy_(torch.bmm(units[depth].transpose(1, 2), delta))
                torch.sum(delta, 1, keepdim=True, out=by_bias)
                if depth:
                    delta = self._through_activation(torch.bmm(delta, tensors[depth][0].mT), units[depth])
        return value, grad

    def _forward(self, tensors: list[tuple[Tensor, Tensor]], inputs: Tensor) -> list[Tensor]:
        """``units`` from views of the parameters."""
        units = [inputs]
        for depth, (weight, bias) in enumerate(tensors, 1):
            summed = torch.baddbmm(bias, units[-1], weight)
            last = depth == len(tensors)
            units.append(summed if last else summed.relu_() if self.activation == "relu" else summed.tanh_())
        return units

    def _through_activation(self, delta: Tensor, units: Tensor) -> Tensor:
        """Derivative before the activation, from that after it, (R, B, width); in place on ``delta``."""
        if self.activation == "relu":
            return delta.mul_(units.sign())  # 1 where the unit is on; much faster than by a mask
        return delta.mul_(1 - units.square())

    def _tensors(self, theta: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Views of ``theta`` (R, D): weight (R, in, out) and bias (R, 1, out) of each layer."""
        views = [theta[:, layer.start : layer.stop].view(-1, *layer.shape) for layer in self.layers]
        return [(weight, bias.unsqueeze(1)) for weight, bias in zip(views[::2], views[1::2], strict=True)]

    def _rows(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """Inputs as (R, B, features)."""
        if inputs.dim() == self.parts.train.inputs.dim():
            return inputs.flatten(1).expand(len(theta), -1, -1)
        return inputs.flatten(2)


def _is_width(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
