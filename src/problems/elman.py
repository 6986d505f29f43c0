"""Elman's recurrent network (Elman 1990), many at once, with back-propagation through time written out.

The gradient passes through the recurrent weights once for each time it goes back, so it vanishes or explodes with
the length of the sequence (Bengio et al. 1994; Pascanu et al. 2013): what clipping was made for.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from src.core.checks import check_count, field_error
from src.core.layers import Layer
from src.problems.learning import LearningTask
from src.problems.losses import loss_and_slope


@dataclass(frozen=True, kw_only=True)
class Elman(LearningTask):
    """``h_t = tanh(x_t U + h_{t-1} W + b)`` from ``h_0 = 0``; the last state is read out linearly.

    Each row of ``theta`` holds U (K, H), W (H, H), b (H), the read-out (H, outputs) and its bias (outputs). PyTorch's
    own recurrent layer returns two tensors and cannot be batched over networks, so it makes no ``ModuleTask``.

    Attributes:
        hidden: units H of the state.
    """

    hidden: int

    def __post_init__(self) -> None:
        check_count(self, "hidden")
        super().__post_init__()
        if self.parts.train.inputs.dim() != 3:
            shape = tuple(self.parts.train.inputs.shape)
            raise field_error(self, "data", self.data, f"sequences (N, length, features); these inputs are {shape}")

    @cached_property
    def layers(self) -> list[Layer]:
        """U, W and b, then the read-out and its bias."""
        inner, width, outer = self.parts.train.inputs.shape[2], self.hidden, self.output_width
        named = [
            ("input.weight", (inner, width), inner, width),
            ("recurrent.weight", (width, width), width, width),
            ("recurrent.bias", (width,), width, width),
            ("output.weight", (width, outer), width, outer),
            ("output.bias", (outer,), width, outer),
        ]
        found: list[Layer] = []
        for name, shape, fan_in, fan_out in named:
            start = found[-1].stop if found else 0
            stop = start + torch.Size(shape).numel()
            found.append(Layer(name, shape, fan_in, fan_out, start, stop, "weight" if len(shape) == 2 else "bias"))
        return found

    @property
    def activations(self) -> int:
        """Inputs and states of all times."""
        _, length, features = self.parts.train.inputs.shape
        return length * (features + 2 * self.hidden)

    def outputs(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """Shapes (R, D) and (B, length, K) or (R, B, length, K) -> (R, B, outputs)."""
        read = self._tensors(theta)[3:]
        return torch.baddbmm(read[1], self._states(theta, inputs)[-1], read[0])

    def slope(self, theta: Tensor, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Mean loss (R,) and its gradient (R, D), by back-propagation through time."""
        with torch.no_grad():
            _, recurrent, _, read, bias = self._tensors(theta)
            states = self._states(theta, inputs)
            value, slope = loss_and_slope(self.loss, torch.baddbmm(bias, states[-1], read), targets)
            back = recurrent.mT.contiguous()
            delta = torch.bmm(slope, read.mT)
            deltas = [delta.mul_(1 - states[-1].square())]
            for state in states[-2:0:-1]:
                deltas.append(torch.bmm(deltas[-1], back).mul_(1 - state.square()))
            every = torch.stack(deltas[::-1], 1).flatten(1, 2)  # (R, length * B, H), in the order of time
            before, read_in = torch.stack(states[:-1], 1).flatten(1, 2), self._in_time(theta, inputs).flatten(1, 2)
            parts = [
                torch.bmm(read_in.mT, every),
                torch.bmm(before.mT, every),
                every.sum(1),
                torch.bmm(states[-1].mT, slope),
                slope.sum(1),
            ]
        return value, torch.cat([part.flatten(1) for part in parts], 1)

    def _states(self, theta: Tensor, inputs: Tensor) -> list[Tensor]:
        """States (R, B, H) at times 0 (all zero) to the sequence's length."""
        into, recurrent, bias = self._tensors(theta)[:3]
        timed = self._in_time(theta, inputs)
        rows, length, batch, _ = timed.shape
        driven = torch.baddbmm(bias, timed.flatten(1, 2), into).view(rows, length, batch, self.hidden)
        states = [driven.new_zeros(rows, batch, self.hidden)]
        for drive in driven.unbind(1):
            states.append(torch.baddbmm(drive, states[-1], recurrent).tanh())
        return states

    def _in_time(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """Inputs as (R, length, B, K)."""
        shared = inputs.dim() == 3
        each = inputs.expand(len(theta), -1, -1, -1) if shared else inputs
        return each.transpose(1, 2).contiguous()

    def _tensors(self, theta: Tensor) -> list[Tensor]:
        """Views of ``theta`` (R, D): weights (R, in, out) and biases (R, 1, out)."""
        views = [theta[:, layer.start : layer.stop].view(-1, *layer.shape) for layer in self.layers]
        return [view if view.dim() == 3 else view.unsqueeze(1) for view in views]
