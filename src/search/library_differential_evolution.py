"""Differential evolution of scipy (Storn and Price 1997)."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, differential_evolution

from src.core.checks import check_count, check_number
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True, kw_only=True)
class LibraryDifferentialEvolution(Solver):
    """The library's defaults (``best1bin``, dithered weight) without its last descent, begun again when it ends.

    The first population is a Latin hypercube with the starting point in it.

    Attributes:
        population_factor: points of a generation per coordinate, at least 1.
        tolerance: it ends where the values' standard deviation is at most this share of their mean, at least 0.
    """

    population_factor: int
    tolerance: float

    def __post_init__(self) -> None:
        check_count(self, "population_factor")
        check_number(self, "tolerance", at_least=0)

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Evolve until the budget is spent."""
        box = box_of(setup)
        start: np.ndarray | None = box.start
        while True:
            differential_evolution(
                objective,
                Bounds(box.lower, box.upper),
                popsize=self.population_factor,
                tol=self.tolerance,
                maxiter=setup.budget,
                polish=False,
                x0=start,
                rng=generator,
            )
            start = None
