"""Acceptance of a step downhill or uphill (Metropolis, Rosenbluth, Rosenbluth, Teller and Teller 1953)."""

from torch import Tensor


def accepted(old: Tensor, new: Tensor, temperature: Tensor, uniform: Tensor) -> Tensor:
    """Whether each step is accepted, shape (R, N): a rise with probability exp(-rise / temperature), others always.

    At temperature 0 no rise is accepted. From inf any finite value is accepted, and inf never. ``old``, ``new`` and
    ``uniform``, which is on [0, 1), have shape (R, N).
    """
    rise = (new - old).clamp(min=0)
    # The exponential is NaN where nothing rises at temperature 0, and no comparison holds for NaN: test falls apart.
    return (new < float("inf")) & ((new <= old) | (uniform < (-rise / temperature).exp()))
