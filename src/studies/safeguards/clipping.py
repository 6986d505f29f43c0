"""When clipping acts, and whether it keeps the direction (row R25, claim C16)."""

from itertools import pairwise

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.engine.descend import DescentResult
from src.optimizers.clip import Clip
from src.statistics.intervals import bootstrap_interval, mean

BINS = 50
ACTIVITY = ("seed", "early", "late")  # shares of the first and the last tenth of a run's own steps
ACTIVITY_CURVE = ("progress", "share", "low", "high")
TENTH = 0.1


def clipped_steps(descent: DescentResult, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Whether each step's gradient was above ``limit``, (T, R), and the steps that each row took, (R,).

    The engine records the norm before the optimizer sees the gradient; nothing is said of steps not taken.
    """
    norms = descent.series["grad_norm"].values.numpy()
    return norms[:-1] > limit, descent.taken.numpy()


def activity_table(active: np.ndarray, taken: np.ndarray) -> pd.DataFrame:
    """Share of clipped steps early and late in each run that moved; columns ``ACTIVITY``."""
    rows = []
    for seed, steps in enumerate(taken.tolist()):
        if steps:
            few = max(1, round(TENTH * steps))
            own = active[:steps, seed]
            rows.append((seed, own[:few].mean(), own[-few:].mean()))
    return pd.DataFrame(rows, columns=list(ACTIVITY))


def activity_curve(active: np.ndarray, taken: np.ndarray) -> pd.DataFrame:
    """Share of clipped steps against the share of a run that is done, mean over seeds with its 95 % interval."""
    moved = np.flatnonzero(taken)
    shares = np.full((BINS, len(moved)), np.nan)
    for column, seed in enumerate(moved.tolist()):
        edges = np.linspace(0, taken[seed], BINS + 1).astype(int)
        for place, (low, high) in enumerate(pairwise(edges.tolist())):
            # A run of fewer steps than bins shows the step that a bin falls on.
            shares[place, column] = active[low : max(high, low + 1), seed].mean()
    if not len(moved):
        return pd.DataFrame(columns=list(ACTIVITY_CURVE))
    low_ends, high_ends = bootstrap_interval(shares, mean)
    middle = (np.arange(BINS) + 0.5) / BINS
    columns = (middle, shares.mean(axis=1), low_ends, high_ends)
    return pd.DataFrame(dict(zip(ACTIVITY_CURVE, columns, strict=True)))


def turning(clip: Clip, grad: Tensor) -> Tensor:
    """``1 - cosine`` between each row of ``grad`` (R, D) and what clipping makes of it, in float64.

    By half the squared distance of the unit vectors, which holds its digits where a cosine is nearly 1. Rows that
    clipping leaves as they are, and rows that are not finite, are left out.
    """
    exact = grad.double()
    norm = torch.linalg.vector_norm(exact, dim=-1)
    exact = exact[(norm > clip.limit) & norm.isfinite()]
    clipped, _ = clip.update(exact, clip.init(exact), exact, 0, None)
    gap = torch.nn.functional.normalize(clipped, dim=-1) - torch.nn.functional.normalize(exact, dim=-1)
    return gap.square().sum(-1) / 2
