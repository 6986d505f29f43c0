"""Landscapes that are made hard for gradients: flat almost everywhere, or with a cusp at the minimum."""

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.problem import Problem
from src.problems.bit_string import BitString
from src.problems.landscape import Landscape
from src.studies.search_runs import known, lowest


@dataclass(frozen=True, kw_only=True)
class Spoilt(Problem):
    """A landscape seen through something that keeps its lowest point and its box.

    Attributes:
        landscape: what lies behind; its minimum is known.
        grain: size of the steps or the cells, above 0, in the unit that the subclass says.
    """

    landscape: Landscape
    grain: float

    def __post_init__(self) -> None:
        check_number(self, "grain", above=0)

    @property
    def dimension(self) -> int:
        """That of the landscape."""
        return self.landscape.dimension

    @abstractmethod
    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""


@dataclass(frozen=True, kw_only=True)
class Stepped(Spoilt):
    """Gaps to the minimum are rounded down to multiples of ``grain``: terraces, all as flat as a table."""

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        minimum = lowest(self.landscape)
        return minimum + self.grain * ((self.landscape.value(theta) - minimum) / self.grain).floor()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and a gradient (..., D) that is 0, as it is almost everywhere."""
        return self.value(theta), torch.zeros_like(theta)


@dataclass(frozen=True, kw_only=True)
class Rounded(Spoilt):
    """Coordinates are rounded to a grid through the minimum of pitch ``grain``, in edges of the box."""

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        return self.landscape.value(self.on_grid(theta))

    def on_grid(self, theta: Tensor) -> Tensor:
        """The grid point next to each of ``theta`` (..., D)."""
        lower, upper = self.landscape.box()
        origin = torch.tensor(known(self.landscape).points[0], dtype=theta.dtype)
        pitch = self.grain * (upper - lower)
        return origin + pitch * ((theta - origin) / pitch).round()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and a gradient (..., D) that is 0, as it is almost everywhere."""
        return self.value(theta), torch.zeros_like(theta)


@dataclass(frozen=True, kw_only=True)
class Cusped(Spoilt):
    """The square root of the gap, in units of ``grain``: points keep their order, and the minimum is a cusp."""

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        minimum = lowest(self.landscape)
        return minimum + self.grain * ((self.landscape.value(theta) - minimum).clamp(min=0) / self.grain).sqrt()

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Value (...) and gradient (..., D), without bound towards the minimum and 0 at it."""
        value, slope = self.landscape.gradient(theta)
        root = ((value - lowest(self.landscape)).clamp(min=0) / self.grain).sqrt()
        steep = torch.where(root > 0, 0.5 / root, 0.0).unsqueeze(-1)
        return lowest(self.landscape) + self.grain * root, slope * steep


@dataclass(frozen=True, kw_only=True)
class Unit(Problem):
    """Strings of bits for methods that search a box: a coordinate of at least one half is a one.

    Attributes:
        bits: what lies behind.
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
