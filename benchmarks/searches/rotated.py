"""Shifted and rotated landscapes: one set to choose the defaults of searches on, another to judge them on.

A function of z is evaluated at ``z = scale Q (x - shift)`` for points x of a box 10 wide, with Q a random rotation
and a shift in the middle four fifths of the box, so that neither the axes nor the centre give the minimum away.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from src.problems.plain_function import PlainFunction

Array = Any  # of NumPy, float64
TOLERANCE = 1e-6  # above the minimum: a run is a success
HALF_EDGE = 5.0
MIDDLE = 0.8  # share of the box in which the minimum lies
SCHWEFEL = 420.968746359982  # coordinate of the minimum of Schwefel's function
SALOMON = 0.1
STYBLINSKI = -2.903534027771177  # coordinate of the minimum of the function of Styblinski and Tang


@dataclass(frozen=True)
class Function:
    """A function of points z (N, D) whose minimum is 0 at ``minimum`` in every coordinate.

    Attributes:
        formula: values (N,) of points (N, D).
        scale: length in z of a unit of x.
        minimum: coordinate of the minimum in z.
    """

    formula: Callable[[Array], Array]
    scale: float = 1.0
    minimum: float = 0.0


def _weights(z: Array, condition: float) -> Array:
    """Factors from 1 to ``condition``, one per coordinate, shape (D,)."""
    return np.logspace(0, math.log10(condition), z.shape[-1])


def ellipsoid(z: Array) -> Array:
    """Curvatures from 1 to a million."""
    return (_weights(z, 1e6) * z**2).sum(-1)


def rosenbrock(z: Array) -> Array:
    """The curved valley."""
    return (100 * (z[..., 1:] - z[..., :-1] ** 2) ** 2 + (1 - z[..., :-1]) ** 2).sum(-1)


def rastrigin(z: Array) -> Array:
    """A bowl under a grid of local minima."""
    return (z**2 + 20 * np.sin(math.pi * z) ** 2).sum(-1)


def ackley(z: Array) -> Array:
    """A rippled plain around a funnel."""
    funnel = -20 * np.expm1(-0.2 * np.sqrt((z**2).mean(-1)))
    return funnel - math.e * np.expm1(np.cos(2 * math.pi * z).mean(-1) - 1)


def griewank(z: Array) -> Array:
    """A wide bowl under many shallow ripples."""
    roots = np.sqrt(np.arange(1, z.shape[-1] + 1))
    return (z**2).sum(-1) / 4000 - np.cos(z / roots).prod(-1) + 1


def schaffer(z: Array) -> Array:
    """Schaffer's F7: rings of ripples around each pair of coordinates."""
    pairs = np.sqrt(z[..., 1:] ** 2 + z[..., :-1] ** 2)
    return (np.sqrt(pairs) * (1 + np.sin(50 * pairs**0.2) ** 2)).mean(-1) ** 2


def schwefel(z: Array) -> Array:
    """Schwefel's sine, with the best minima far apart; outside of +-500 mirrored and raised (CEC 2013)."""
    beyond = (np.abs(z) - 500).clip(0)
    folded = np.where(beyond > 0, np.sign(z) * (500 - np.mod(np.abs(z), 500)), z)
    best = SCHWEFEL * math.sin(math.sqrt(SCHWEFEL))
    gains = folded * np.sin(np.sqrt(np.abs(folded))) - beyond**2 / (10000 * z.shape[-1])
    return (best - gains).sum(-1)


def levy(z: Array) -> Array:
    """Levy's waves of uneven height."""
    w = 1 + (z - 1) / 4
    inner = ((w[..., :-1] - 1) ** 2 * (1 + 10 * np.sin(math.pi * w[..., :-1] + 1) ** 2)).sum(-1)
    last = (w[..., -1] - 1) ** 2 * (1 + np.sin(2 * math.pi * w[..., -1]) ** 2)
    return np.sin(math.pi * w[..., 0]) ** 2 + inner + last


def discus(z: Array) -> Array:
    """One coordinate a million times as curved as the others."""
    return 1e6 * z[..., 0] ** 2 + (z[..., 1:] ** 2).sum(-1)


def different_powers(z: Array) -> Array:
    """Powers from 2 to 6, so that curvatures part further as the minimum is neared."""
    return (np.abs(z) ** np.linspace(2, 6, z.shape[-1])).sum(-1)


def sharp_ridge(z: Array) -> Array:
    """A ridge whose slope across is a hundred times that along it."""
    return z[..., 0] ** 2 + 100 * np.sqrt((z[..., 1:] ** 2).sum(-1))


def zakharov(z: Array) -> Array:
    """A plate that is bent along one direction."""
    along = (z * np.arange(1, z.shape[-1] + 1) / 2).sum(-1)
    return (z**2).sum(-1) + along**2 + along**4


def salomon(z: Array) -> Array:
    """Rings around the minimum."""
    length = np.sqrt((z**2).sum(-1))
    return 2 * np.sin(math.pi * length) ** 2 + SALOMON * length


def styblinski(z: Array) -> Array:
    """Two minima in each coordinate, of unequal depth (Styblinski and Tang)."""

    def summed(x: Array) -> Array:
        return (x**4 - 16 * x**2 + 5 * x) / 2

    return (summed(z) - summed(np.array(STYBLINSKI))).sum(-1)


def weierstrass(z: Array) -> Array:
    """Ripples upon ripples, without a slope anywhere."""
    total = np.zeros(z.shape[:-1])
    for k in range(12):
        total += 0.5**k * (1 - np.cos(2 * math.pi * 3**k * z)).sum(-1)
    return total


def alpine(z: Array) -> Array:
    """Kinks wherever a coordinate is at the height of its wave."""
    return np.abs(z * np.sin(z) + 0.1 * z).sum(-1)


TUNING: Mapping[str, Function] = {
    "discus": Function(discus),
    "different powers": Function(different_powers),
    "sharp ridge": Function(sharp_ridge),
    "zakharov": Function(zakharov),
    "salomon": Function(salomon),
    "styblinski": Function(styblinski, 1.0, STYBLINSKI),
    "weierstrass": Function(weierstrass, 0.1),
    "alpine": Function(alpine, 2.0),
}
JUDGING: Mapping[str, Function] = {
    "ellipsoid": Function(ellipsoid),
    "rosenbrock": Function(rosenbrock, 0.5, 1.0),
    "rastrigin": Function(rastrigin),
    "ackley": Function(ackley, 6.4),
    "griewank": Function(griewank, 20.0),
    "schaffer": Function(schaffer, 20.0),
    "schwefel": Function(schwefel, 100.0, SCHWEFEL),
    "levy": Function(levy, 2.0, 1.0),
}


def rotated(name: str, dimension: int) -> PlainFunction:
    """Landscape ``name`` of either set, shifted and rotated; the name and the dimension decide how."""
    function = {**TUNING, **JUDGING}[name]
    generator = np.random.default_rng([dimension, *name.encode()])
    shift = MIDDLE * HALF_EDGE * generator.uniform(-1, 1, dimension)
    rotation = np.linalg.qr(generator.standard_normal((dimension, dimension)))[0]

    def value(x: Array) -> Array:
        return function.formula(function.minimum + function.scale * (x - shift) @ rotation.T)

    return PlainFunction(
        function=value,
        vectorized=True,
        maximize=False,
        lowest=0.0,
        lower=(-HALF_EDGE,) * dimension,
        upper=(HALF_EDGE,) * dimension,
        start=None,
        steps=1000,
        tolerance=TOLERANCE,
    )
