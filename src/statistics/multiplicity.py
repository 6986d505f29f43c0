"""Several comparisons in one study: the chance of any false finding is kept at the level of one."""

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import Array, as_sample


def holm(p_values: ArrayLike) -> Array:
    """Holm's step-down adjusted p-values (Holm 1979, Scandinavian Journal of Statistics 6(2)), (m,) -> (m,).

    With the p-values in rising order, the i-th of m is ``max over j <= i of (m - j + 1) p_(j)``, at most 1.
    Rejecting those at or below alpha keeps the family-wise error at alpha under any dependence.
    """
    p = as_sample(p_values)
    if p.ndim != 1 or (p < 0).any() or (p > 1).any():
        raise ValueError("p-values are one list of numbers between 0 and 1")
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)))
    return adjusted
