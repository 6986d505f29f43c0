"""Trust region without gradients: COBYQA of scipy (Ragonneau 2022; after NEWUOA and BOBYQA of Powell)."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import minimize

from src.core.checks import check_number, field_error
from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True, kw_only=True)
class ScipyCobyqa(Solver):
    """Quadratic models interpolate values (no differences are taken) and are trusted within a radius.

    The first run begins at the starting point; when the radius has shrunk to the last, another run begins at a
    uniform point of the box. Radii are in units of the box's edges.

    Attributes:
        first_radius: radius at the start of a run, above 0, at most 0.5.
        last_radius: radius at which a run ends, above 0, below ``first_radius``.
    """

    stream_name: ClassVar[str] = "LibraryTrustRegion"

    first_radius: float
    last_radius: float

    def __post_init__(self) -> None:
        check_number(self, "first_radius", above=0, at_most=0.5)
        check_number(self, "last_radius", above=0)
        if self.last_radius >= self.first_radius:
            raise field_error(self, "last_radius", self.last_radius, f"below first_radius = {self.first_radius}")

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Search in the unit box, run after run."""
        box = box_of(setup)
        options: Any = {
            "initial_tr_radius": self.first_radius,
            "final_tr_radius": self.last_radius,
            "maxfev": setup.budget + 1,
            "maxiter": setup.budget + 1,
        }

        def value(shares: np.ndarray, *_: Any, **__: Any) -> float:  # scipy's stubs want it to take more
            return objective(box.filled(shares))

        start = box.shares(box.start)
        while True:
            minimize(
                value,
                start,
                method="COBYQA",
                bounds=[(0.0, 1.0)] * setup.dimension,
                options=options,
            )
            start = generator.random(setup.dimension)
