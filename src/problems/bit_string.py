"""What problems over strings of bits share: coordinates that are 0 or 1, and no gradient."""

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.checks import check_count, field_error
from src.core.problem import Domain, Minimum, Problem


@dataclass(frozen=True, kw_only=True)
class BitString(Problem):
    """A count, to be brought down to its minimum, over bits that are stored as 0.0 and 1.0 in float64.

    Attributes:
        dimension: number of bits D, at least 1.
        steps: the usual budget, in evaluations.
    """

    dimension: int
    steps: int

    def __post_init__(self) -> None:
        check_count(self, "dimension")
        check_count(self, "steps")

    @property
    def is_differentiable(self) -> bool:
        """Bits have no neighbourhood to take a slope in."""
        return False

    @property
    def domain(self) -> Domain:
        """Searched by methods for bits."""
        return "bits"

    @property
    @abstractmethod
    def minimum(self) -> Minimum | None:
        """The lowest value, and strings that have it; None where it is unknown."""

    @property
    def target(self) -> float | None:
        """The minimum, and room for rounding: values are discrete."""
        return None if self.minimum is None else self.minimum.value + 1e-9

    def box(self) -> tuple[Tensor, Tensor]:
        """Zeros and ones, each of shape (D,)."""
        return torch.zeros(self.dimension, dtype=self.dtype), torch.ones(self.dimension, dtype=self.dtype)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """There is none: FieldError."""
        raise field_error(self, "gradient", None, "left alone: bits are searched")
