"""Differential evolution of scipy (Storn and Price 1997)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import Bounds, differential_evolution

from src.core.checks import check_count, check_number
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True, kw_only=True)
class ScipyDifferentialEvolution(Solver):
    """The library's defaults (``best1bin``, dithered weight) without the final descent, run after run.

    The first population is a Latin hypercube with the starting point in it.

    Attributes:
        population_factor: points per generation and coordinate, at least 1.
        tolerance: ratio of the values' standard deviation to their mean at which a run ends, at least 0.
    """

    stream_name: ClassVar[str] = "LibraryDifferentialEvolution"

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
