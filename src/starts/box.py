"""What a start asks of a problem whose points it is to spread over a box."""

from typing import Protocol, runtime_checkable

import numpy as np
from torch import Tensor

from src.core.checks import field_error
from src.core.problem import Problem
from src.core.start import Start


@runtime_checkable
class Boxed(Protocol):
    """A problem with a domain, as every landscape has."""

    def box(self) -> tuple[Tensor, Tensor]:
        """The box's lower and upper edges, each of shape (D,)."""


def box_of(start: Start, problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """The problem's lower and upper edges, each (D,), float64.

    Raises:
        FieldError: the problem has no box.
    """
    if not isinstance(problem, Boxed):
        raise field_error(start, "problem", type(problem).__name__, "a problem with a box (a landscape)")
    lower, upper = problem.box()
    return lower.double().cpu().numpy(), upper.double().cpu().numpy()
