"""CMA-ES of the library ``cma``, by the method's authors (Hansen, Akimoto and Baudis 2019)."""

from dataclasses import dataclass
from typing import ClassVar

import cma
import numpy as np

from src.core.checks import check_count, check_number
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True, kw_only=True)
class Pycma(Solver):
    """The library's defaults, with the active update; a run that stops is followed by another from a uniform point.

    With ``growth=2`` the restarts are those of ``cma.fmin2(..., incpopsize=2)`` (IPOP, Auger and Hansen 2005).

    Attributes:
        population: points per generation, at least 2; None for the library's 4 + floor(3 ln D).
        sigma: first standard deviation around the starting point, in units of the box's edges, above 0.
        growth: factor on the population at each restart, at least 1.
    """

    stream_name: ClassVar[str] = "LibraryCma"

    population: int | None
    sigma: float
    growth: int

    def __post_init__(self) -> None:
        if self.population is not None:
            check_count(self, "population", at_least=2)
        check_number(self, "sigma", above=0)
        check_count(self, "growth")

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Search in units of the box's edges, first from the starting point."""
        box = box_of(setup)
        options = {
            "bounds": [0, 1],
            "randn": lambda *shape: generator.standard_normal(shape),  # else numpy's global generator
            "seed": np.nan,
            "verbose": -9,
        }
        if self.population is not None:
            options["popsize"] = self.population
        start = box.shares(box.start)
        while True:
            strategy = cma.CMAEvolutionStrategy(start, float(setup.per_row(self, "sigma")), options)
            while not strategy.stop():
                points = np.array(strategy.ask())
                strategy.tell(points, objective.many(box.filled(points)).tolist())
            options["popsize"] = self.growth * strategy.popsize
            start = generator.random(setup.dimension)
