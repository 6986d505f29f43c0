"""Dual annealing of scipy: generalized annealing (Tsallis and Stariolo 1996) with descents (Xiang et al. 1997)."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import dual_annealing

from src.core.checks import check_flag, check_number
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True, kw_only=True)
class LibraryDualAnnealing(Solver):
    """The library's method from the starting point, begun again at a uniform point when it ends.

    Its descents are L-BFGS-B by finite differences, whose evaluations count like any other.

    Attributes:
        temperature: first temperature, above 0.01 and at most 5e4.
        descents: whether it descends from points that it accepts.
    """

    temperature: float
    descents: bool

    def __post_init__(self) -> None:
        check_number(self, "temperature", above=0.01, at_most=5e4)
        check_flag(self, "descents")

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Anneal until the budget is spent."""
        box = box_of(setup)
        at = box.start
        with np.errstate(invalid="ignore"):  # differences between infinite values
            while True:
                dual_annealing(
                    objective,
                    box.pairs,
                    maxfun=setup.budget + 1,
                    initial_temp=self.temperature,
                    no_local_search=not self.descents,
                    x0=at,
                    rng=generator,
                )
                at = box.uniform(generator)
