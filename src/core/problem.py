"""The contract of a problem: something to minimize over a flat parameter matrix ``theta: (R, D)``."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from src.core.failures import EvaluationFailures

Domain = Literal["box", "bits"]


@dataclass(frozen=True)
class Minimum:
    """A known global minimum: its value and the points (each of length D) where it is reached."""

    value: float
    points: tuple[tuple[float, ...], ...]


class Problem(ABC):
    """A landscape (a formula) or a learning task (a network and its data): one contract for both.

    Subclasses are frozen dataclasses. Rows of ``theta`` are replicates; they never influence each other.
    """

    size: int = 0  # training samples; 0 when there are no data to draw batches from
    batch_size: int | None = None  # samples a gradient is taken over; None for all of them
    failures: EvaluationFailures | None = None  # evaluations that raised, where a problem can have such
    source: str = ""  # where the problem comes from: a paper, a reference row

    if TYPE_CHECKING:
        # Read-only for a type checker, so that a subclass may have a field or a property of the name; no property
        # at run time, where it would stand in the way of the field.
        @property
        def dimension(self) -> int:
            """Number of parameters D."""

        @property
        def steps(self) -> int:
            """The budget this problem is usually given."""

    @property
    def is_learning(self) -> bool:
        """Whether this is a network, which starts from a weight initialization and not from a point."""
        return False

    @property
    def is_differentiable(self) -> bool:
        """Whether it has a gradient; what has none is searched."""
        return True

    @property
    def domain(self) -> Domain:
        """What its points are: real numbers in a ``box``, or ``bits`` that are 0 or 1."""
        return "box"

    @property
    def dtype(self) -> torch.dtype:
        """Floating-point type of ``theta``."""
        return torch.float64

    @property
    def target(self) -> float | None:
        """The problem counts as solved when the objective is at or below this; None when there is no target."""
        return None

    def check_found(self, values: Tensor, points: Tensor) -> None:  # noqa: B027 (most problems state no minimum)
        """Raise FieldError where a search found less than the stated minimum: values (R,) at points (R, D)."""

    @property
    def tuning_metric(self) -> str:
        """The end metric by which rates are chosen: a key of ``evaluate``, or ``loss`` itself."""
        return "loss"

    @property
    def test_metric(self) -> str:
        """The end metric by which tuned methods are compared: a key of ``evaluate`` or ``assess``, or ``loss``."""
        return "loss"

    @abstractmethod
    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Objective of each row.

        Args:
            theta: parameters, shape (..., D).
            batch: sample indices, shape (..., B) with the leading axes of ``theta``; None for all samples (and
                always for a landscape).

        Returns:
            Shape (...).
        """

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Objective (R,) and its gradient (R, D) at ``theta`` (R, D).

        The gradient of the *sum* over rows is each row's own gradient, since rows do not influence each other.
        """
        leaf = theta.detach().requires_grad_(True)
        with torch.enable_grad():
            value = self.value(leaf, batch)
            (grad,) = torch.autograd.grad(value.sum(), leaf)
        return value.detach(), grad

    def evaluate(self, theta: Tensor) -> dict[str, Tensor]:
        """Metrics (R,) beyond the objective that are dear to compute, hence not taken at every step."""
        return {}

    def assess(self, theta: Tensor) -> dict[str, Tensor]:
        """Metrics (R,) on data that neither training nor tuning may look at; taken once, at the end."""
        return {}
