"""A trust region without gradients: COBYQA of scipy (Ragonneau 2022; Powell's line of NEWUOA and BOBYQA)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from src.core.checks import check_number, refuse
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True, kw_only=True)
class LibraryTrustRegion(Solver):
    """Quadratic models interpolate values (no differences are taken); a radius says how far each is trusted.

    It begins at the starting point, and again at a uniform point of the box when the radius has shrunk to the last.
    Radii are in units of the box's edges.

    Attributes:
        first_radius: above 0, at most 0.5.
        last_radius: above 0, below ``first_radius``.
    """

    first_radius: float
    last_radius: float

    def __post_init__(self) -> None:
        check_number(self, "first_radius", above=0, at_most=0.5)
        check_number(self, "last_radius", above=0)
        if self.last_radius >= self.first_radius:
            raise refuse(self, "last_radius", self.last_radius, f"below first_radius = {self.first_radius}")

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Search again and again in the unit box."""
        box = box_of(setup)
        options: Any = {
            "initial_tr_radius": self.first_radius,
            "final_tr_radius": self.last_radius,
            "maxfev": setup.budget + 1,
            "maxiter": setup.budget + 1,
        }

        def value(shares: np.ndarray, *_: Any, **__: Any) -> float:  # scipy's stubs want it to take more
            return objective(box.filled(shares))

        at = box.shares(box.start)
        while True:
            minimize(
                value,
                at,
                method="COBYQA",
                bounds=[(0.0, 1.0)] * setup.dimension,
                options=options,
            )
            at = generator.random(setup.dimension)
