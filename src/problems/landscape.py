"""What all landscapes share: a box, a starting point, a budget and a target above the known minimum."""

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import FieldError, check_count, check_number, check_vector, field_error
from src.core.problem import Minimum, Problem


@dataclass(frozen=True, kw_only=True)
class Landscape(Problem):
    """A formula over a box, in float64.

    Attributes:
        lower: lower edge of the box in each dimension, length D.
        upper: upper edge of the box in each dimension, length D.
        start: the starting point that goes with the landscape, length D; None where there is none.
        steps: the usual budget.
        tolerance: how far above the known minimum still counts as solved; above 0.
    """

    lower: tuple[float, ...]
    upper: tuple[float, ...]
    start: tuple[float, ...] | None
    steps: int
    tolerance: float

    def __post_init__(self) -> None:
        check_count(self, "dimension")
        check_vector(self, "lower", self.dimension)
        check_vector(self, "upper", self.dimension)
        if not all(low < high for low, high in zip(self.lower, self.upper, strict=True)):
            raise field_error(self, "upper", self.upper, f"above lower = {self.lower} in every dimension")
        if self.start is not None:
            check_vector(self, "start", self.dimension)
        check_count(self, "steps")
        check_number(self, "tolerance", above=0)

    @property
    def has_any_dimension(self) -> bool:
        """Whether the formula is written for any number of coordinates."""
        return True

    @property
    @abstractmethod
    def minimum(self) -> Minimum | None:
        """The known global minimum over the box; None where it is unknown."""

    @property
    def target(self) -> float | None:
        """The known minimum plus the tolerance."""
        return None if self.minimum is None else self.minimum.value + self.tolerance

    def check_found(self, values: Tensor, points: Tensor) -> None:
        """Raise FieldError where a point of the box has a value more than the tolerance below the minimum."""
        if self.minimum is None:
            return
        lower, upper = self.box()
        inside = ((points >= lower) & (points <= upper)).all(dim=-1)
        below = inside & (values < self.minimum.value - self.tolerance)
        if below.any():
            row = int(torch.where(below, values, torch.inf).argmin())
            raise self._refuse_minimum(float(values[row]), [round(x, 6) for x in points[row].tolist()])

    def _refuse_minimum(self, value: float, point: list[float]) -> FieldError:
        assert self.minimum is not None
        return field_error(self, "minimum", self.minimum.value, f"at most {value:g}, the value found at {point}")

    def box(self) -> tuple[Tensor, Tensor]:
        """The box's edges, each of shape (D,)."""
        return torch.tensor(self.lower, dtype=self.dtype), torch.tensor(self.upper, dtype=self.dtype)
