"""When descent with noise leaves a saddle: measured, and by the linearized theory (rows R26, R65; claim C17)."""

import math

import numpy as np
import pandas as pd

from src.engine.descend import DescentResult
from src.optimizers.noise import Noise
from src.statistics.intervals import bootstrap_interval, median
from src.statistics.saddle_noise import median_escape

CURVATURE = 2.0  # of the saddle x^2 - y^2 + y^4/4, upwards along x and downwards along y
ESCAPES = ("seed", "learning_rate", "left")  # step at which the loss fell to ``left_below``; NaN: never
ESCAPE_TIMES = (
    "learning_rate",
    "left_share",  # of the seeds
    "median",  # step; inf where half of the seeds or more never leave
    "low",  # its 95 % interval
    "high",
    "theory",  # NaN where there is none
)


def escapes_table(descent: DescentResult, rates: np.ndarray, left_below: float) -> pd.DataFrame:
    """When each replicate's loss first fell to ``left_below`` or less; columns ``ESCAPES``."""
    losses = descent.series["loss"].values.numpy()
    below = losses <= left_below
    first = np.where(below.any(axis=0), below.argmax(axis=0), np.nan)
    count = losses.shape[1] // len(rates)
    columns = (np.repeat(np.arange(count), len(rates)), np.tile(rates, count), first)
    return pd.DataFrame(dict(zip(ESCAPES, columns, strict=True)))


def escape_times(escapes: pd.DataFrame, noise: Noise | None, steps: int, left_below: float) -> pd.DataFrame:
    """One row per rate: median times to leave and theory's; columns ``ESCAPE_TIMES``.

    Args:
        escapes: columns ``ESCAPES``.
        noise: the noise that plain descent was given; None where the method is another, of which theory is silent.
        steps: the budget.
        left_below: value at which a replicate has left ``x^2 - y^2 + y^4/4``.
    """
    # At x = 0 the loss is left_below where y^2 = 2 (1 - sqrt(1 + left_below)).
    distance = math.sqrt(2 * (1 - math.sqrt(1 + left_below)))
    rows = []
    for rate, group in escapes.groupby("learning_rate"):
        times = group["left"].fillna(np.inf).to_numpy()
        low, high = bootstrap_interval(times)
        theory = np.nan
        if noise is not None and float(str(rate)) * CURVATURE < 2:  # beyond, descent along x is unstable
            spread = [noise.deviation(step) for step in range(steps)]
            theory = median_escape(float(str(rate)), CURVATURE, spread, distance)
        rows.append((rate, np.isfinite(times).mean(), float(median(times)), float(low), float(high), theory))
    return pd.DataFrame(rows, columns=list(ESCAPE_TIMES))
