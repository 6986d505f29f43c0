"""Landscapes that are transformed to be hard for gradients: flat almost everywhere, or with a cusp at the minimum."""

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.problem import Problem
from src.problems.bit_string import BitString
from src.problems.landscape import Landscape
from src.studies.gradient_free.runs import known_minimum, minimum_value


@dataclass(frozen=True, kw_only=True)
class Transformed(Problem):
    """A transformed landscape with the same lowest point and box.

    Attributes:
        landscape: the original landscape, whose minimum is known.
        grain: size of the steps or cells, above 0, in the unit that the subclass names.
    """

    landscape: Landscape
    grain: float

    def __post_init__(self) -> None:
        check_number(self, "grain", above=0)
        object.__setattr__(self, "failures", self.landscape.failures)

    @property
    def dimension(self) -> int:
        """Number of coordinates."""
        return self.landscape.dimension

    @abstractmethod
    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""


@dataclass(frozen=True, kw_only=True)
class Stepped(Transformed):
    """Gaps to the minimum are rounded down to multiples of ``grain``, which leaves flat terraces."""

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        minimum = minimum_value(self.landscape)
        return minimum + self.grain * ((self.landscape.value(theta) - minimum) / self.grain).floor()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and gradient (..., D), which is 0 almost everywhere and is taken as 0 everywhere."""
        return self.value(theta), torch.zeros_like(theta)


@dataclass(frozen=True, kw_only=True)
class Rounded(Transformed):
    """Coordinates are rounded to a grid through the minimum of pitch ``grain``, in edges of the box."""

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        return self.landscape.value(self.on_grid(theta))

    def on_grid(self, theta: Tensor) -> Tensor:
        """The nearest grid point of each point ``theta`` (..., D)."""
        lower, upper = self.landscape.box()
        origin = torch.tensor(known_minimum(self.landscape).points[0], dtype=theta.dtype)
        pitch = self.grain * (upper - lower)
        return origin + pitch * ((theta - origin) / pitch).round()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and gradient (..., D), which is 0 almost everywhere and is taken as 0 everywhere."""
        return self.value(theta), torch.zeros_like(theta)


@dataclass(frozen=True, kw_only=True)
class Cusped(Transformed):
    """The square root of the gap, in units of ``grain``: points keep their order, and the minimum is a cusp."""

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        minimum = minimum_value(self.landscape)
        return minimum + self.grain * ((self.landscape.value(theta) - minimum).clamp(min=0) / self.grain).sqrt()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and gradient (..., D), without bound near the minimum and 0 at the minimum."""
        value, slope = self.landscape.gradient(theta)
        root = ((value - minimum_value(self.landscape)).clamp(min=0) / self.grain).sqrt()
        steep = torch.where(root > 0, 0.5 / root, 0.0).unsqueeze(-1)
        return minimum_value(self.landscape) + self.grain * root, slope * steep


@dataclass(frozen=True, kw_only=True)
class RelaxedBits(Problem):
    """Strings of bits for methods that search a box: a coordinate of at least one half is a one.

    Attributes:
        bits: problem on strings of bits.
    """

    bits: BitString

    @property
    def dimension(self) -> int:
        """Number of bits."""
        return self.bits.dimension

    def box(self) -> tuple[Tensor, Tensor]:
        """Zeros and ones, each of shape (D,)."""
        return self.bits.box()

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        return self.bits.value((theta >= 0.5).to(theta.dtype))
