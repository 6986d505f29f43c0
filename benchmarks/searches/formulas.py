"""Landscapes as plain formulas of points (N, D), for NumPy and for JAX alike: what peers are given to evaluate.

Each is a landscape of ``src/problems`` written once more, lean, so that no peer pays for this project's tensors.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from src.problems.ackley import Ackley
from src.problems.conditioned_quadratic import ConditionedQuadratic
from src.problems.landscape import Landscape
from src.problems.rastrigin import Rastrigin
from src.problems.rosenbrock import Rosenbrock

TOLERANCE = 1e-4  # above the minimum: a run is a success
CONDITION = 1e6

# The array module (numpy or jax.numpy) and points (N, D) give values (N,).
Formula = Callable[[Any, Any], Any]


def sphere(xp: Any, x: Any) -> Any:
    """Half the squared length."""
    return (x**2).sum(-1) / 2


def ellipsoid(xp: Any, x: Any) -> Any:
    """Curvatures from 1 to a million along the coordinates."""
    return (xp.logspace(0, math.log10(CONDITION), x.shape[-1]) * x**2).sum(-1) / 2


def rosenbrock(xp: Any, x: Any) -> Any:
    """The curved valley, b = 100."""
    return (100 * (x[..., 1:] - x[..., :-1] ** 2) ** 2 + (1 - x[..., :-1]) ** 2).sum(-1)


def rastrigin(xp: Any, x: Any) -> Any:
    """A bowl under a grid of local minima."""
    return (x**2 + 20 * xp.sin(math.pi * x) ** 2).sum(-1)


def ackley(xp: Any, x: Any) -> Any:
    """A rippled plain around a funnel."""
    funnel = -20 * xp.expm1(-0.2 * xp.sqrt((x**2).mean(-1)))
    return funnel - math.e * xp.expm1(xp.cos(2 * math.pi * x).mean(-1) - 1)


FORMULAS: Mapping[str, Formula] = {
    "sphere": sphere,
    "ellipsoid": ellipsoid,
    "rosenbrock": rosenbrock,
    "rastrigin": rastrigin,
    "ackley": ackley,
}


def landscape(name: str, dimension: int) -> Landscape:
    """The project's landscape of that name in a box 10 wide, whose centre (1, 2, 1, 2, ...) is not the minimum."""
    box: dict[str, Any] = {
        "lower": tuple(np.resize([-4.0, -3.0], dimension).tolist()),
        "upper": tuple(np.resize([6.0, 7.0], dimension).tolist()),
        "start": None,
        "steps": 1000,
        "tolerance": TOLERANCE,
    }
    makers: dict[str, Callable[[], Landscape]] = {
        "sphere": lambda: ConditionedQuadratic(condition=1.0, rotation_seed=None, **box),
        "ellipsoid": lambda: ConditionedQuadratic(condition=CONDITION, rotation_seed=None, **box),
        "rosenbrock": lambda: Rosenbrock(dimension=dimension, b=100.0, **box),
        "rastrigin": lambda: Rastrigin(dimension=dimension, **box),
        "ackley": lambda: Ackley(dimension=dimension, a=20.0, b=0.2, c=2 * math.pi, **box),
    }
    return makers[name]()
