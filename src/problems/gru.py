"""Gated recurrent units (Cho et al. 2014), both ways along a sequence, many networks at once, backward written out.

PyTorch's own layer cannot be batched over networks, so it makes no ``ModuleTask``. The backward pass is that of
back-propagation through time (Werbos 1990).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from src.core.checks import check_count, field_error
from src.core.layers import Layer
from src.problems.learning import LearningTask
from src.problems.losses import loss_and_slope


class _Moment(NamedTuple):
    """One time of the forward pass, or all of them stacked in front, for W = 2R ways."""

    state: Tensor  # (W, H, B), after this time
    gates: Tensor  # reset and update gate, (W, 2H, B)
    candidate: Tensor  # (W, H, B)
    recalled: Tensor  # what the reset gate acts upon, (W, H, B)


@dataclass(frozen=True, kw_only=True)
class Gru(LearningTask):
    """``torch.nn.GRU`` of one layer and both directions on signals (N, length), and a linear layer on all states.

    From ``h = 0``, at each time, with the gates r (reset) and z (update) ::

        r, z = sigmoid(U x + b + W h + c)    n = tanh(U x + b + r (W h + c))    h <- (1 - z) n + z h

    Each row of ``theta`` holds, for the way forward and then backward, U (3H, 1), W (3H, H), b (3H) and c (3H), as
    PyTorch orders them (r, z, n); then the linear weight (length * 2H, outputs), time after time, and its bias.

    Attributes:
        hidden: units H of each direction's state.
    """

    hidden: int

    def __post_init__(self) -> None:
        check_count(self, "hidden")
        super().__post_init__()
        if self.parts.train.inputs.dim() != 2:
            shape = tuple(self.parts.train.inputs.shape)
            raise field_error(self, "data", self.data, f"signals (N, length); these inputs are {shape}")

    @property
    def length(self) -> int:
        """Times in a sequence."""
        return self.parts.train.inputs.shape[1]

    @cached_property
    def layers(self) -> list[Layer]:
        """Both directions, then the linear layer. All fans of a direction are H, as PyTorch takes them."""
        hidden, outer = self.hidden, self.output_width
        found: list[Layer] = []

        def add(name: str, shape: tuple[int, ...], fan_in: int, fan_out: int) -> None:
            start = found[-1].stop if found else 0
            stop = start + torch.Size(shape).numel()
            found.append(Layer(name, shape, fan_in, fan_out, start, stop, "weight" if len(shape) == 2 else "bias"))

        for way in ("forward", "backward"):
            add(f"{way}.input.weight", (3 * hidden, 1), hidden, hidden)
            add(f"{way}.recurrent.weight", (3 * hidden, hidden), hidden, hidden)
            add(f"{way}.input.bias", (3 * hidden,), hidden, hidden)
            add(f"{way}.recurrent.bias", (3 * hidden,), hidden, hidden)
        flat = 2 * hidden * self.length
        add("linear.weight", (flat, outer), flat, outer)
        add("linear.bias", (outer,), flat, outer)
        return found

    @property
    def activations(self) -> int:
        """Inputs, gates and states of all times in both directions."""
        return self.length * (1 + 2 * 8 * self.hidden)

    def outputs(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """Shapes (R, D) and (B, length) or (R, B, length) -> (R, B, K)."""
        states = torch.stack([moment.state for moment in self._moments(theta, inputs)])
        weight, bias = self._tensors(theta)[4:]
        return torch.baddbmm(bias, self._flat(states), weight)

    def slope(self, theta: Tensor, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Mean loss (R,) and its gradient (R, D), by back-propagation through time."""
        with torch.no_grad():
            every = _Moment(*(torch.stack(each) for each in zip(*self._moments(theta, inputs), strict=True)))
            before = torch.cat([torch.zeros_like(every.state[:1]), every.state[:-1]])
            flat, tensors = self._flat(every.state), self._tensors(theta)
            value, slope = loss_and_slope(self.loss, torch.baddbmm(tensors[5], flat, tensors[4]), targets)
            fed, inner = self._through_time(tensors[1], every, before, torch.bmm(slope, tensors[4].mT))
            by_ways = self._by_ways(fed, inner, before, self._both_ways(inputs, len(theta)))
            linear = [part.flatten(1) for part in (torch.bmm(flat.mT, slope), slope.sum(1))]
        return value, torch.cat([by_ways.view(len(theta), -1), *linear], 1)

    def _moments(self, theta: Tensor, inputs: Tensor) -> Iterator[_Moment]:
        """The forward pass, time after time."""
        into, recurrent, bias, recurrent_bias = self._tensors(theta)[:4]
        border = 2 * self.hidden  # the gates, then the candidate
        signal = self._both_ways(inputs, len(theta))
        by_input = torch.cat([into[:, :border], torch.zeros_like(into[:, border:])], 1)
        by_bias = torch.cat([bias[:, :border], torch.zeros_like(bias[:, border:])], 1) + recurrent_bias
        driven = torch.addcmul(by_bias, by_input, signal)
        inner = torch.addcmul(bias[:, border:], into[:, border:], signal)
        state = torch.zeros_like(inner[0])
        for drive, inner_drive in zip(driven.unbind(), inner.unbind(), strict=True):
            fed = torch.baddbmm(drive, recurrent, state)
            gates, recalled = fed[:, :border].sigmoid(), fed[:, border:]
            candidate = torch.addcmul(inner_drive, gates[:, : self.hidden], recalled).tanh()
            state = torch.lerp(candidate, state, gates[:, self.hidden :])
            yield _Moment(state, gates, candidate, recalled)

    def _flat(self, states: Tensor) -> Tensor:
        """States (length, W, H, B) as the linear layer sees them, both ways at one time together: (R, B, -1)."""
        every = states.view(self.length, -1, 2, *states.shape[2:])
        both = torch.stack([every[:, :, 0], every[:, :, 1].flip(0)], 2)  # (length, R, 2, H, B)
        return both.permute(1, 4, 0, 2, 3).flatten(2)

    def _through_time(
        self, recurrent: Tensor, every: _Moment, before: Tensor, by_flat: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Derivatives by ``W h + c`` (length, W, 3H, B) and by the candidate's argument (length, W, H, B).

        By the gates' arguments ``U x + b`` they are those by ``W h + c``. ``before`` (length, W, H, B) are the
        states that each time began with; ``by_flat`` (R, B, length * 2H) is the derivative by what ``_flat`` returns.
        """
        rows, hidden = len(by_flat), self.hidden
        both = by_flat.view(rows, -1, self.length, 2, hidden).permute(2, 0, 3, 4, 1)  # (length, R, 2, H, B)
        by_state = torch.stack([both[:, :, 0], both[:, :, 1].flip(0)], 2).flatten(1, 2)
        reset, update = torch.split(every.gates, hidden, 2)
        to_inner = (1 - update) * (1 - every.candidate.square())
        to_update = (before - every.candidate) * (update * (1 - update))
        to_reset = every.recalled * (reset * (1 - reset))
        inner = torch.empty_like(to_inner)
        fed = inner.new_empty(*inner.shape[:2], 3 * hidden, inner.shape[3])
        back = recurrent.mT.contiguous()
        delta = torch.zeros_like(by_state[0])
        for time in reversed(range(self.length)):
            delta = delta.add_(by_state[time])
            torch.mul(delta, to_inner[time], out=inner[time])
            torch.mul(inner[time], to_reset[time], out=fed[time, :, :hidden])
            torch.mul(delta, to_update[time], out=fed[time, :, hidden : 2 * hidden])
            torch.mul(inner[time], reset[time], out=fed[time, :, 2 * hidden :])
            delta = delta.mul_(update[time]).baddbmm_(back, fed[time])
        return fed, inner

    def _by_ways(self, fed: Tensor, inner: Tensor, before: Tensor, signal: Tensor) -> Tensor:
        """Derivative by U, W, b and c of each way, (W, ...), from those of ``_through_time``."""
        hidden = self.hidden
        seen = torch.cat([before, signal, torch.ones_like(signal)], 2)  # (length, W, H + 2, B)
        by_fed = torch.bmm(fed.flatten(0, 1), seen.flatten(0, 1).mT).view(*fed.shape[:3], -1).sum(0)
        by_inner = torch.stack([(inner * signal).sum((0, 3)), inner.sum((0, 3))], 2)  # (W, H, 2)
        own = torch.cat([by_fed[:, : 2 * hidden, hidden:], by_inner], 1)
        parts = (own[:, :, :1], by_fed[:, :, :hidden], own[:, :, 1:], by_fed[:, :, hidden + 1 :])
        return torch.cat([part.flatten(1) for part in parts], 1)

    def _both_ways(self, inputs: Tensor, rows: int) -> Tensor:
        """Inputs (length, W, 1, B): each network's signals forward, then backward."""
        each = (inputs.expand(rows, -1, -1) if inputs.dim() == 2 else inputs).permute(2, 0, 1)
        return torch.stack([each, each.flip(0)], 2).flatten(1, 2).unsqueeze(2)

    def _tensors(self, theta: Tensor) -> list[Tensor]:
        """U (W, 3H, 1), W (W, 3H, H), b and c (W, 3H, 1), the linear weight (R, in, out) and its bias (R, 1, out)."""
        hidden, rows = self.hidden, len(theta)
        border = self.layers[8].start
        ways = theta[:, :border].reshape(2 * rows, -1)
        sizes = [layer.stop - layer.start for layer in self.layers[:4]]
        into, recurrent, bias, recurrent_bias = torch.split(ways, sizes, 1)
        read, read_bias = (theta[:, layer.start : layer.stop] for layer in self.layers[8:])
        return [
            into.unsqueeze(2),
            recurrent.reshape(2 * rows, 3 * hidden, hidden),
            bias.unsqueeze(2),
            recurrent_bias.unsqueeze(2),
            read.view(rows, -1, self.output_width),
            read_bias.unsqueeze(1),
        ]
