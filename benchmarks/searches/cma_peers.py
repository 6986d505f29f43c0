"""The library ``cma`` with restarts of growing population (Auger and Hansen 2005), as a library's solver."""

from dataclasses import dataclass

import cma
import numpy as np

from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True)
class CmaGrowing(Solver):
    """The library's defaults; a run that stops is followed by one of twice the population from a uniform point.

    ``cma.fmin2(..., restarts=9, incpopsize=2)`` makes the same runs; here the numbers come from one random stream.

    Attributes:
        sigma: first standard deviation, in units of the box's edges.
    """

    sigma: float

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Search in units of the box's edges, first from the starting point."""
        box = box_of(setup)
        options = {
            "bounds": [0, 1],
            "randn": lambda *shape: generator.standard_normal(shape),  # else numpy's global generator
            "seed": np.nan,
            "verbose": -9,
        }
        start = box.shares(box.start)
        while True:
            strategy = cma.CMAEvolutionStrategy(start, self.sigma, options)
            while not strategy.stop():
                points = np.array(strategy.ask())
                strategy.tell(points, objective.many(box.filled(points)).tolist())
            options["popsize"] = 2 * strategy.popsize
            start = generator.random(setup.dimension)
