"""A landscape that ends at its box: descent that leaves it has diverged."""

from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_number, field_error
from src.core.problem import Minimum, Problem
from src.problems.landscape import Landscape


@dataclass(frozen=True, kw_only=True)
class Confined(Problem):
    """A landscape inside its box, infinite outside, for one that is unbounded below on the plane (row R65).

    Descent is not projected back into the box: a projection bounds every step, which makes it a safeguard of its own
    that would hide the explosions that others are there for. The lowest point may then lie on the box's edge, which
    descent crosses on its way down, so that a goal inside takes the place of the minimum.

    Attributes:
        landscape: what lies in the box.
        goal: value at or below which the problem counts as solved, above the landscape's minimum over the box.
    """

    landscape: Landscape
    goal: float

    def __post_init__(self) -> None:
        if not isinstance(self.landscape, Landscape):
            raise field_error(self, "landscape", self.landscape, "a landscape")
        check_number(self, "goal", above=self.minimum.value if self.minimum else None)
        object.__setattr__(self, "source", self.landscape.source)

    @property
    def dimension(self) -> int:
        """That of the landscape."""
        return self.landscape.dimension

    @property
    def steps(self) -> int:
        """The landscape's usual budget."""
        return self.landscape.steps

    @property
    def start(self) -> tuple[float, ...] | None:
        """The landscape's own starting point."""
        return self.landscape.start

    @property
    def minimum(self) -> Minimum | None:
        """The landscape's minimum over its box."""
        return self.landscape.minimum

    @property
    def target(self) -> float:
        """The goal."""
        return self.goal

    def box(self) -> tuple[Tensor, Tensor]:
        """The box's edges, each of shape (D,)."""
        return self.landscape.box()

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...); infinite outside the box."""
        return self._confined(self.landscape.value(theta, batch), theta)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (R,) and the landscape's gradient (R, D)."""
        value, grad = self.landscape.gradient(theta, batch)
        return self._confined(value, theta), grad

    def _confined(self, value: Tensor, theta: Tensor) -> Tensor:
        lower, upper = (edge.to(theta.device) for edge in self.box())
        inside = ((theta >= lower) & (theta <= upper)).all(-1)
        return torch.where(inside, value, torch.inf)
