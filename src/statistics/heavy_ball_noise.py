"""What gradient noise leaves of a quadratic's loss under the heavy ball, at any step of any schedule, exactly.

Along an eigenvector of the Hessian with eigenvalue h the heavy ball is linear:
``v <- beta v + h x + sd e;  x <- x - rate factor v`` with e standard normal. So the second moments of (x, v) follow
a linear recursion, and the expected loss is half the sum of ``h E x^2`` (the noisy quadratic model of Zhang et al.
2019, arXiv:1907.04164, section 3, without their replacement of momentum by its limit).
"""

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import Array


def expected_loss(
    hessian: ArrayLike, second_moment: ArrayLike, noise_sd: float, beta: float, rates: ArrayLike, factors: ArrayLike
) -> Array:
    """Expected loss above the minimum after as many steps as there are ``factors``.

    Args:
        hessian: eigenvalues h, shape (D,), above 0.
        second_moment: E x^2 at the start, along each eigenvector, shape (D,).
        noise_sd: standard deviation of each coordinate of the gradient's noise.
        beta: share of the velocity that is kept each step; 0 is gradient descent.
        rates: learning rates, shape (L,).
        factors: the schedule's factor at each step, shape (T,).

    Returns:
        Shape (L,); inf where it grows without bound.
    """
    h = np.asarray(hessian, dtype=np.float64)
    rate = np.asarray(rates, dtype=np.float64)[:, None]
    xx = np.tile(np.asarray(second_moment, dtype=np.float64), (len(rate), 1))
    xv, vv = np.zeros_like(xx), np.zeros_like(xx)
    with np.errstate(over="ignore", invalid="ignore"):
        for factor in np.asarray(factors, dtype=np.float64):
            step = rate * factor
            vv = beta**2 * vv + 2 * beta * h * xv + h**2 * xx + noise_sd**2
            crossed = beta * xv + h * xx  # E of the old x and the new v
            xx, xv = xx - 2 * step * crossed + step**2 * vv, crossed - step * vv
        loss: Array = (h * xx).sum(-1) / 2
    return np.where(np.isfinite(loss), loss, np.inf)


def loss_floor(hessian: ArrayLike, noise_sd: float, beta: float, rates: ArrayLike) -> Array:
    """Where the expected loss settles at a constant rate: shape (L,); inf where it does not settle.

    Per eigenvalue ``rate sd^2 (1 + beta) / (2 (1 - beta) (2 (1 + beta) - rate h))``, the stationary point of the
    recursion above; for small rates proportional to ``rate / (1 - beta)`` and to the noise's variance.
    """
    h = np.asarray(hessian, dtype=np.float64)
    rate = np.asarray(rates, dtype=np.float64)[:, None]
    room = 2 * (1 + beta) - rate * h
    with np.errstate(divide="ignore"):
        each = rate * noise_sd**2 * (1 + beta) / (2 * (1 - beta) * room)
    return np.where((room > 0).all(-1), each.sum(-1), np.inf)
