"""The mean of a product of many random factors, estimated factor by factor.

A network's mean square at layer l is the product of its growths from layer to layer, and such products spread
log-normally: after 30 layers of 64 relu units the mean of a thousand still has an error of a tenth. The mean growth
from each layer to the next is known far better. Where a growth's mean does not depend on what came before (a
martingale, as relu's is), the product of the mean growths is the mean of the products.
"""

import numpy as np
from numpy.typing import ArrayLike

from src.statistics.intervals import Array, Estimate, as_sample, percentile_interval, resample_count, resamples

RESAMPLES = 500  # at 95 %


def chained(values: ArrayLike) -> tuple[Array, Array]:
    """Means along the chain, and their bootstrap distribution over the chains.

    Args:
        values: shape (n, L), not negative and finite: n independent chains of L values.

    Returns:
        ``mean(values[:, 0])`` times the product of the mean growths up to each place, shape (L,); and the same of
        each resample of whole chains, shape (``resample_count(RESAMPLES)``, L). A chain that has come to 0 stays
        there.
    """
    chains = as_sample(values)
    if chains.ndim != 2 or 0 in chains.shape:
        raise ValueError(f"chains are a matrix of n by L, not shape {chains.shape}")
    before = chains[:, :-1]
    growth = np.divide(chains[:, 1:], before, out=np.zeros_like(before), where=before > 0)
    factors = np.concatenate([chains[:, :1], growth], axis=1)
    drawn = resamples(len(chains), resample_count(RESAMPLES))
    weight = np.stack([np.bincount(row, minlength=len(chains)) for row in drawn]) / len(chains)
    return np.cumprod(factors.mean(axis=0)), np.cumprod(weight @ factors, axis=1)


def estimate(value: float, distribution: Array, confidence: float | None = None) -> Estimate:
    """A number and the central ``confidence`` of its bootstrap ``distribution`` (B,)."""
    low, high = percentile_interval(distribution, confidence)
    return Estimate(float(value), float(low), float(high))
