"""Whether a step is taken, downhill or up (Metropolis, Rosenbluth, Rosenbluth, Teller and Teller 1953)."""

from torch import Tensor


def accepted(old: Tensor, new: Tensor, temperature: Tensor, uniform: Tensor) -> Tensor:
    """Rises are taken with probability exp(-rise / temperature), falls and levels always; all shapes (R, N).

    From inf any finite value is taken, and none that is inf; ``uniform`` is on [0, 1).
    """
    rise = (new - old).clamp(min=0)  # NaN between two infinite values, which no comparison holds for
    return uniform < (-rise / temperature).exp()
