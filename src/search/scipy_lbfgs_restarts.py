"""L-BFGS-B with restarts (Byrd, Lu, Nocedal and Zhu 1995), by scipy."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import fmin_l_bfgs_b

from src.core.checks import check_count, check_number
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True, kw_only=True)
class ScipyLbfgsRestarts(Solver):
    """A quasi-Newton descent from the starting point, then from uniform points of the box.

    Attributes:
        memory: number of pairs of steps and gradient changes that are kept, at least 1.
        tolerance: largest coordinate of the projected gradient at which a descent ends, at least 0.
    """

    stream_name: ClassVar[str] = "LbfgsRestarts"

    memory: int
    tolerance: float

    def __post_init__(self) -> None:
        check_count(self, "memory")
        check_number(self, "tolerance", at_least=0)

    @property
    def needs_gradient(self) -> bool:
        """Whether each evaluation takes value and gradient: always."""
        return True

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Descend, run after run."""
        box = box_of(setup)
        start = box.start
        while True:
            fmin_l_bfgs_b(
                objective.with_gradient,
                start,
                bounds=box.pairs,
                m=self.memory,
                factr=0,
                pgtol=self.tolerance,
                maxfun=setup.budget + 1,
                maxiter=setup.budget + 1,
            )
            start = box.uniform(generator)
