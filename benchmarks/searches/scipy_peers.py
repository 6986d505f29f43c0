"""scipy's differential evolution with any of its options, behind the contract of a library's solver."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import Bounds, differential_evolution

from src.core.search import Objective, Setup, Solver
from src.search.library import box_of


@dataclass(frozen=True)
class ScipyEvolution(Solver):
    """scipy's defaults except ``options``, run after run.

    The option ``population`` is the number of points per generation; scipy receives it as an array of the first
    points, uniform in the box.
    """

    options: Mapping[str, Any] = field(default_factory=dict)

    def solve(self, objective: Objective, setup: Setup, generator: np.random.Generator) -> None:
        """Evolve until the budget is spent."""
        box = box_of(setup)
        options: dict[str, Any] = dict(self.options)
        population = options.pop("population", None)

        def columns(points: np.ndarray) -> Any:
            """Points as columns (D, N), as scipy hands them over where it is vectorized."""
            return objective.many(points.T)

        function: Any = columns if options.get("vectorized") else objective
        while True:
            if population is not None:
                options["init"] = box.filled(generator.random((population, setup.dimension)))
            differential_evolution(
                function,
                Bounds(box.lower, box.upper),
                maxiter=setup.budget,
                polish=False,
                rng=generator,
                **options,
            )
