"""Quantiles over replicates, some of which may have diverged."""

import numpy as np

QUARTILES = (0.25, 0.5, 0.75)


def quantiles(values: np.ndarray, at: tuple[float, ...] = QUARTILES) -> np.ndarray:
    """Quantiles over the last axis, where NaN and inf both count as the worst (largest) value.

    Args:
        values: shape (..., R).
        at: Q probabilities.

    Returns:
        Shape (Q, ...); inf where the quantile falls among diverged replicates.
    """
    worst = np.where(np.isnan(values), np.inf, values).astype(np.float64)
    with np.errstate(invalid="ignore"):
        linear = np.quantile(worst, at, axis=-1)
    if np.isfinite(linear).all():
        return np.asarray(linear)
    # Interpolating next to an infinity gives NaN; the order statistic above the quantile then takes its place.
    return np.where(np.isnan(linear), np.quantile(worst, at, axis=-1, method="higher"), linear)
