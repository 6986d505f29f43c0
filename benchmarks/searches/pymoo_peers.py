"""pymoo (Blank and Deb 2020) behind the contract of a library's solver. Needs the peers: ``make peers``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pymoo.algorithms.soo.nonconvex.cmaes import CMAES
from pymoo.algorithms.soo.nonconvex.de import DE
from pymoo.algorithms.soo.nonconvex.ga import GA
from pymoo.algorithms.soo.nonconvex.pso import PSO
from pymoo.core.problem import Problem
from pymoo.core.termination import NoTermination

from src.core.search import Objective, Setup, Solver
from src.search.library import box_of

ALGORITHMS: Mapping[str, Callable[..., Any]] = {"GA": GA, "DE": DE, "PSO": PSO, "CMAES": CMAES}


@dataclass(frozen=True)
class PymooSolver(Solver):
    """``algorithm`` with pymoo's defaults except ``options``; where a run ends by itself, another begins.

    CMA-ES starts at the starting point, as ours does; the others fill the box.
    """

    algorithm: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Ask and tell until the budget is spent."""
        box = box_of(setup)
        problem = Problem(n_var=setup.dimension, n_obj=1, xl=box.lower, xu=box.upper)
        start = box.start
        while True:
            initial = {"x0": start} if self.algorithm == "CMAES" else {}
            algorithm = ALGORITHMS[self.algorithm](**initial, **self.options)
            seed = int(generator.integers(1, 2**31))
            algorithm.setup(problem, termination=NoTermination(), seed=seed, verbose=False)
            while algorithm.has_next():
                asked = algorithm.ask()
                if asked is None or len(asked) == 0:
                    break
                asked.set("F", objective.many(asked.get("X"))[:, None])
                for individual in asked:
                    individual.evaluated.update(("F", "G", "H"))
                algorithm.tell(infills=asked)
            start = box.uniform(generator)
