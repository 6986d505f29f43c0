"""How long gradient descent with noise stays near a saddle, from the linearized recursion.

Along a direction of curvature ``-k`` descent from exactly 0 follows ``y <- (1 + rate k) y - rate sd_t N(0, 1)``, so y
is normal with mean 0 and a variance that follows ``V <- (1 + rate k)^2 V + rate^2 sd_t^2``. Once y grows by itself it
hardly ever comes back, and then the median time to leave is when the median of ``|y|``, 0.6745 sqrt(V), has reached
the distance.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

_MEDIAN_OF_SIZE = float(special.ndtri(0.75))  # of |N(0, 1)|


def median_escape(rate: float, curvature: float, deviations: ArrayLike, distance: float) -> float:
    """First step at which the median of ``|y|`` is at least ``distance``; NaN when that is after all steps.

    Args:
        rate: learning rate, above 0.
        curvature: how sharply the saddle falls, k above 0.
        deviations: standard deviation of the gradient's noise at each step, shape (T,).
        distance: what counts as left, above 0, and small enough for the saddle to be a quadratic.
    """
    growth = (1 + rate * curvature) ** 2
    wanted = (distance / _MEDIAN_OF_SIZE) ** 2
    variance = 0.0
    for step, deviation in enumerate(np.asarray(deviations, dtype=np.float64).tolist(), 1):
        variance = growth * variance + (rate * deviation) ** 2
        if variance >= wanted:
            return float(step)
    return float("nan")
