"""Mutation of real coordinates: steps for all genes, of which the caller applies those of the mutated genes."""

from collections.abc import Callable

from torch import Tensor

from src.core.draws import Draws
from src.core.search import Setup

# Children (R, M, D), the setup and a scale (R, 1, 1) in units of the box's edges give steps (R, M, D).
Mutation = Callable[[Tensor, Setup, Tensor, Draws], Tensor]


def gaussian(children: Tensor, setup: Setup, scale: Tensor, draws: Draws) -> Tensor:
    """Normal steps whose standard deviation is a share of the box's edge."""
    return scale * setup.width * draws.normal("mutation", *children.shape[1:])


def polynomial(children: Tensor, setup: Setup, scale: Tensor, draws: Draws) -> Tensor:
    """Polynomial steps of Deb and Goyal 1996, equation 6: bounded by the edge; the scale is 1 / (1 + index)."""
    uniform = draws.uniform("mutation", *children.shape[1:])
    down = (2 * uniform) ** scale - 1
    up = 1 - (2 * (1 - uniform)) ** scale
    return setup.width * down.where(uniform < 0.5, up)


MUTATIONS: dict[str, Mutation] = {"gaussian": gaussian, "polynomial": polynomial}
