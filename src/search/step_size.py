"""Units of a step size."""

from typing import Protocol

from torch import Tensor

from src.core.search import Setup

UNITS = ("absolute", "box")


class Stepping(Protocol):
    """A method with a step size and its unit: ``box`` for shares of the box's edges, ``absolute`` for coordinates."""

    @property
    def sigma(self) -> float:
        """Step size, in ``unit``."""

    @property
    def unit(self) -> str:
        """Unit of the step size, one of ``UNITS``."""


def step_sizes(method: Stepping, setup: Setup) -> Tensor:
    """Standard deviation of each row's steps in each coordinate, in coordinates, shape (R, 1, D)."""
    edge = setup.width if method.unit == "box" else setup.width.new_ones(setup.dimension)
    return setup.per_row(method, "sigma") * edge
