"""Points of zero gradient inside a landscape's box, of every kind, found by Newton's method on the gradient."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.problems.landscape import Landscape
from src.studies.geometry.minima import EQUAL
from src.studies.geometry.unit_box import UnitBox, joined, plane

STATIONARY = (
    "x",  # first coordinate
    "y",  # second coordinate; NaN in one dimension
    "value",  # the objective there
    "kind",  # minimum, saddle, maximum, or degenerate: an eigenvalue of the Hessian is 0
    "not_global",  # whether the global minimum is lower
)
_STEPS = 60
_LONGEST = 0.05  # a longer step would go to a distant point
_NEARBY = 1e-8
_ZERO = 1e-7  # a smaller gradient, step or eigenvalue is zero, in units of the box


def stationary_table(problem: Landscape, starts: int, lowest: float) -> pd.DataFrame:
    """Every point of zero gradient found inside the box, lowest first; columns ``STATIONARY``.

    Args:
        problem: the landscape.
        starts: number of scattered starts.
        lowest: value of the global minimum over the box.
    """
    box = UnitBox(problem)
    unit = box.scattered(starts)
    for _ in range(_STEPS):
        step, _ = box.newton(unit, downhill=False)
        unit = unit + step.clamp(-_LONGEST, _LONGEST)
    step, _ = box.newton(unit, downhill=False)
    # Eigenvalues next to the point: exactly on a crease (relu at 0) autograd sees no curvature.
    _, eigenvalues = box.newton(unit + _NEARBY, downhill=False)
    ended = (step.abs() < _ZERO).all(-1) & (box.gradient(unit).abs() < _ZERO).all(-1)
    kept = ended & ((unit > 0) & (unit < 1)).all(-1) & _level(box, unit)
    points, eigenvalues = unit[kept], eigenvalues[kept]
    if not len(points):
        return pd.DataFrame(columns=list(STATIONARY))
    group = joined(points.numpy())
    _, first = np.unique(group, return_index=True)
    rows = []
    for index in first.tolist():
        point = box.outside(points[index])
        value = float(problem.value(point))
        rows.append((*plane(point.tolist()), value, _kind(eigenvalues[index]), value > lowest + EQUAL * box.span))
    return pd.DataFrame(rows, columns=list(STATIONARY)).sort_values("value", ignore_index=True)


def _level(box: UnitBox, unit: Tensor) -> Tensor:
    """Whether central differences find no slope at the points (N, D): autograd may return 0 on a crease. (N,)."""
    moves = 1e-4 * torch.eye(box.dimension, dtype=unit.dtype)
    rise = box.value(unit[:, None] + moves) - box.value(unit[:, None] - moves)
    return (rise.abs() < _ZERO).all(-1)


def _kind(eigenvalues: Tensor) -> str:
    low, high = float(eigenvalues.min()), float(eigenvalues.max())
    if low < -_ZERO:
        return "maximum" if high < -_ZERO else "saddle"
    return "minimum" if low > _ZERO else "degenerate"
