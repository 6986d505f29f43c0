"""One-dimensional convolutional networks (LeCun et al. 1989), many at once, with the backward pass written out.

With channels last, the inputs of one window lie side by side in memory, so that a convolution is one matrix product a
network: three to four times as fast as the same network as a ``ModuleTask``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from src.core.checks import check_count, field_error
from src.core.layers import Layer
from src.problems.learning import LearningTask
from src.problems.losses import loss_and_slope


class _Shape(NamedTuple):
    """One convolution: kernel width, channels and length before, channels and length after."""

    kernel: int
    inner: int
    length: int
    outer: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Cnn1d(LearningTask):
    """Convolutions with relu, as ``torch.nn.Conv1d``, and a linear layer on all channels at all places.

    Each row of ``theta`` holds, for each convolution, the weight (kernel, channels in, channels out) and the bias,
    then the linear weight (places * channels, outputs), place after place, and its bias.

    Attributes:
        channels: of each convolution's output.
        kernels: width of each convolution's window.
        stride: from window to window.
        padding: zeros at both ends of the signal before each convolution.
    """

    channels: Sequence[int]
    kernels: Sequence[int]
    stride: int
    padding: int

    def __post_init__(self) -> None:
        for field in ("channels", "kernels"):
            widths = getattr(self, field)
            if not isinstance(widths, Sequence) or not widths or not all(_is_count(width) for width in widths):
                raise field_error(self, field, widths, "a list of whole numbers above 0")
        if len(self.kernels) != len(self.channels):
            raise field_error(self, "kernels", self.kernels, f"as many as there are channels, {len(self.channels)}")
        check_count(self, "stride")
        check_count(self, "padding", at_least=0)
        super().__post_init__()
        if self.parts.train.inputs.dim() != 2:
            shape = tuple(self.parts.train.inputs.shape)
            raise field_error(self, "data", self.data, f"signals (N, length); these inputs are {shape}")
        if min(shape.after for shape in self._shapes) < 1:
            raise field_error(self, "kernels", self.kernels, "narrow enough for what earlier convolutions leave")

    @cached_property
    def _shapes(self) -> list[_Shape]:
        found: list[_Shape] = []
        length, inner = self.parts.train.inputs.shape[1], 1
        for kernel, outer in zip(self.kernels, self.channels, strict=True):
            after = (length + 2 * self.padding - kernel) // self.stride + 1
            found.append(_Shape(kernel, inner, length, outer, after))
            length, inner = after, outer
        return found

    @cached_property
    def layers(self) -> list[Layer]:
        """Weight and bias of each convolution and of the linear layer; fans as PyTorch counts them."""
        named = [
            (f"conv{at}", (one.kernel, one.inner, one.outer), one.kernel * one.inner, one.kernel * one.outer)
            for at, one in enumerate(self._shapes)
        ]
        flat = self._shapes[-1].after * self._shapes[-1].outer
        found: list[Layer] = []
        stop = 0
        for name, shape, fan_in, fan_out in [*named, ("linear", (flat, self.output_width), flat, self.output_width)]:
            start, middle = stop, stop + torch.Size(shape).numel()
            stop = middle + shape[-1]
            found.append(Layer(f"{name}.weight", shape, fan_in, fan_out, start, middle, "weight"))
            found.append(Layer(f"{name}.bias", shape[-1:], fan_in, fan_out, middle, stop, "bias"))
        return found

    @property
    def activations(self) -> int:
        """Windows and channels of all convolutions."""
        return sum(one.after * (one.kernel * one.inner + one.outer) for one in self._shapes)

    def outputs(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """Shapes (R, D) and (B, length) or (R, B, length) -> (R, B, K)."""
        return self._forward(theta, inputs)[2]

    def slope(self, theta: Tensor, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Mean loss (R,) and its gradient (R, D)."""
        with torch.no_grad():
            windows, units, outputs = self._forward(theta, inputs)
            value, slope = loss_and_slope(self.loss, outputs, targets)
            grad = torch.empty_like(theta)
            tensors, grads = self._tensors(theta), self._tensors(grad)
            _put(grads[-1], units[-1].view(*slope.shape[:2], -1), slope)
            delta = torch.bmm(slope, tensors[-1][0].mT)
            for at, one in reversed(list(enumerate(self._shapes))):
                delta = delta.view_as(units[at]).mul_(units[at].sign())  # 1 where the unit is on
                _put(grads[at], windows[at], delta)
                if at:
                    by_window = torch.bmm(delta, tensors[at][0].mT)
                    delta = self._overlapped(by_window.view(*slope.shape[:2], one.after, -1), one)
        return value, grad

    def _forward(self, theta: Tensor, inputs: Tensor) -> tuple[list[Tensor], list[Tensor], Tensor]:
        """Windows (R, B * places, kernel * channels), units (R, B * places, channels) by convolution; outputs."""
        rows = len(theta)
        signal = (inputs.expand(rows, -1, -1) if inputs.dim() == 2 else inputs).unsqueeze(-1)
        batch = signal.shape[1]
        *convolutions, linear = self._tensors(theta)
        windows, units = [], []
        for (weight, bias), one in zip(convolutions, self._shapes, strict=True):
            padded = pad(signal, (0, 0, self.padding, self.padding)).contiguous()
            steps = (padded.stride(0), padded.stride(1), self.stride * one.inner, 1)
            strided = padded.as_strided((rows, batch, one.after, one.kernel * one.inner), steps)
            windows.append(strided.reshape(rows, batch * one.after, -1))
            units.append(torch.baddbmm(bias, windows[-1], weight).relu_())
            signal = units[-1].view(rows, batch, one.after, one.outer)
        return windows, units, torch.baddbmm(linear[1], units[-1].view(rows, batch, -1), linear[0])

    def _overlapped(self, by_window: Tensor, one: _Shape) -> Tensor:
        """Sum over the windows with an input: (R, B, places, kernel * channels) -> (R, B, length, channels)."""
        rows, batch = by_window.shape[:2]
        padded = by_window.new_zeros(rows, batch, one.length + 2 * self.padding, one.inner)
        last = self.stride * (one.after - 1) + 1
        for tap, share in enumerate(torch.split(by_window, one.inner, -1)):
            padded[:, :, tap : tap + last : self.stride] += share
        return padded[:, :, self.padding : self.padding + one.length].contiguous()

    def _tensors(self, theta: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Views of ``theta`` (R, D): weight (R, inputs of a unit, out) and bias (R, 1, out) of each layer."""
        views = [theta[:, layer.start : layer.stop].view(len(theta), -1, layer.shape[-1]) for layer in self.layers]
        return list(zip(views[::2], views[1::2], strict=True))


def _put(grads: tuple[Tensor, Tensor], inputs: Tensor, delta: Tensor) -> None:
    """Fill a layer's gradients from its inputs (R, N, in) and the derivative by its outputs (R, N, out)."""
    by_weight, by_bias = grads
    # Into a new tensor first: bmm into a strided one would go row by row.
    by_weight.copy_(torch.bmm(inputs.mT, delta))
    torch.sum(delta, 1, keepdim=True, out=by_bias)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
