"""L-BFGS-B with restarts (Byrd, Lu, Nocedal and Zhu 1995), by scipy."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import fmin_l_bfgs_b

from src.core.checks import check_count, check_number
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True, kw_only=True)
class LbfgsRestarts(Solver):
    """A quasi-Newton descent from the starting point, then from uniform points of the box.

    Attributes:
        memory: pairs of steps and changes of the gradient that are kept, at least 1.
        tolerance: a descent ends where the projected gradient is no larger in any coordinate, at least 0.
    """

    memory: int
    tolerance: float

    def __post_init__(self) -> None:
        check_count(self, "memory")
        check_number(self, "tolerance", at_least=0)

    @property
    def needs_gradient(self) -> bool:
        """Each evaluation is of value and gradient."""
        return True

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Descend again and again."""
        box = box_of(setup)
        at = box.start
        while True:
            fmin_l_bfgs_b(
                objective.with_gradient,
                at,
                bounds=box.pairs,
                m=self.memory,
                factr=0,
                pgtol=self.tolerance,
                maxfun=setup.budget + 1,
                maxiter=setup.budget + 1,
            )
            at = box.uniform(generator)
