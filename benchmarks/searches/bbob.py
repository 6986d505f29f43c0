"""Noiseless functions of the BBOB suite (Hansen et al. 2009) by the package ``cocoex`` of the COCO platform.

The suite has two dozen functions; the dozen here has at least two of each of the suite's five groups. The instances
differ in the place of the optimum and in the rotation of the axes.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from benchmarks.searches.contests import Contest, compared
from benchmarks.searches.peers import cma, missing, scipy_de
from benchmarks.searches.quality import Pairing, errors
from src.core.search import SearchMethod
from src.problems.plain_function import PlainFunction

FUNCTIONS = {
    1: "sphere",
    2: "separable ellipsoid",
    3: "separable Rastrigin",
    7: "step ellipsoid",
    8: "Rosenbrock",
    10: "rotated ellipsoid",
    11: "discus",
    13: "sharp ridge",
    15: "rotated Rastrigin",
    17: "Schaffer F7",
    20: "Schwefel",
    21: "Gallagher's 101 peaks",
}
DIMENSIONS = (2, 5, 10)
INSTANCES = (1, 2, 3)
EVALUATIONS = 1000  # per coordinate
TOLERANCE = 1e-3
# By default scipy ends where values differ by less than a hundredth of their mean: with minima far from 0, too early.
SCIPY = scipy_de("tol 0", tol=0.0)
PAIRINGS = (
    Pairing("cma_es", (cma(),)),
    Pairing("differential_evolution", (SCIPY,)),
    Pairing("de_best", (SCIPY,)),
)


def function(number: int, dimension: int, instance: int) -> PlainFunction:
    """The suite's function in its box from -5 to 5."""
    problem = import_module("cocoex").BareProblem("bbob", number, dimension, instance)
    return PlainFunction(
        function=problem,
        vectorized=False,
        maximize=False,
        lowest=float(problem.best_value()),
        lower=(-5.0,) * dimension,
        upper=(5.0,) * dimension,
        start=None,
        steps=1000,
        tolerance=TOLERANCE,
    )


def contests(
    count: int, dimensions: tuple[int, ...] = DIMENSIONS, evaluations: int = EVALUATIONS
) -> Iterator[Contest | str]:
    """Ours against cma and scipy; ``count`` runs in all, as many of each instance."""
    if find_spec("cocoex") is None:
        yield missing("cocoex (coco-experiment)")
        return
    for dimension in dimensions:
        for number, title in FUNCTIONS.items():
            known: dict[str, NDArray[np.float64]] = {}
            for pairing in PAIRINGS:
                ours = _runs(pairing.method(), number, dimension, evaluations, count)
                for peer in pairing.peers:
                    if peer.name not in known:
                        known[peer.name] = _runs(peer.solver(), number, dimension, evaluations, count)
                    names = pairing.title, peer.name, f"f{number} {title} {dimension}-D"
                    yield compared(ours, known[peer.name], TOLERANCE, names)


def _runs(method: SearchMethod, number: int, dimension: int, evaluations: int, count: int) -> NDArray[np.float64]:
    runs = [
        errors(function(number, dimension, instance), method, evaluations * dimension, count // len(INSTANCES))
        for instance in INSTANCES
    ]
    return np.concatenate(runs)
