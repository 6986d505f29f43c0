"""A problem as a search sees it, for studies that search another one than their cell's problem."""

from typing import NamedTuple

from torch import Tensor

from src.core.problem import Problem


class SearchedProblem(NamedTuple):
    """A problem, its box, and the noise on its values.

    Attributes:
        problem: problem that is searched.
        lower: lower edge of the box, shape (D,).
        upper: upper edge of the box, shape (D,).
        noise: standard deviation of the noise on each value, in units of the value; 0 for none.
    """

    problem: Problem
    lower: Tensor
    upper: Tensor
    noise: float
