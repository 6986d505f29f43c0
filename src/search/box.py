"""Points in the box of a search."""

from torch import Tensor

from src.core.search import Setup


def filled(setup: Setup, uniform: Tensor) -> Tensor:
    """Points of the box for numbers (R, N, D) uniform on [0, 1)."""
    return setup.lower + setup.width * uniform


def clipped(points: Tensor, setup: Setup) -> Tensor:
    """Points (R, N, D) with each coordinate moved to the nearest value in the box."""
    return points.clamp(setup.lower, setup.upper)


def reflected(points: Tensor, setup: Setup) -> Tensor:
    """Points (R, N, D) folded back at the box's faces into the box; points in the box keep their bits."""
    offset = (points - setup.lower).remainder(2 * setup.width)
    folded = clipped(setup.lower + offset.minimum(2 * setup.width - offset), setup)
    return points.where((points >= setup.lower) & (points <= setup.upper), folded)
