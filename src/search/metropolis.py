"""Whether a step is taken, downhill or up (Metropolis, Rosenbluth, Rosenbluth, Teller and Teller 1953)."""

from torch import Tensor


def accepted(old: Tensor, new: Tensor, temperature: Tensor, uniform: Tensor) -> Tensor:
    """Rises are taken with probability exp(-rise / temperature), falls and levels always; all shapes (R, N).

    At temperature 0 only falls and levels are taken. From inf any finite value is taken, and none that is inf;
    ``uniform`` is on [0, 1).
    """
    rise = (new - old).clamp(min=0)
    # The exponential is NaN for no rise at temperature 0, so falls are not left to it; no comparison holds for NaN.
    return (new < float("inf")) & ((new <= old) | (uniform < (-rise / temperature).exp()))
