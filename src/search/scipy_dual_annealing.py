"""Dual annealing of scipy: generalized annealing (Tsallis and Stariolo 1996) with descents (Xiang et al. 1997)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import dual_annealing

from src.core.checks import check_flag, check_number
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True, kw_only=True)
class ScipyDualAnnealing(Solver):
    """The library's method from the starting point, then run after run from uniform points of the box.

    The descents are L-BFGS-B by finite differences, whose evaluations count like any other.

    Attributes:
        temperature: first temperature, above 0.01 and at most 5e4.
        descents: whether a descent begins at accepted points.
    """

    stream_name: ClassVar[str] = "LibraryDualAnnealing"

    temperature: float
    descents: bool

    def __post_init__(self) -> None:
        check_number(self, "temperature", above=0.01, at_most=5e4)
        check_flag(self, "descents")

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Anneal until the budget is spent."""
        box = box_of(setup)
        start = box.start
        with np.errstate(invalid="ignore"):  # differences between infinite values
            while True:
                dual_annealing(
                    objective,
                    box.pairs,
                    maxfun=setup.budget + 1,
                    initial_temp=self.temperature,
                    no_local_search=not self.descents,
                    x0=start,
                    rng=generator,
                )
                start = box.uniform(generator)
