"""The minima of a landscape over its box, found by many descents at once.

Descents are Newton's with every row's own trust radius; they begin at scattered points and, in one and two
dimensions, at every low point of a fine grid. What they end at is a minimum only if nothing around it is lower.
"""

import numpy as np
import pandas as pd
import torch
from scipy import ndimage
from torch import Tensor

from src.problems.landscape import Landscape
from src.studies.geometry.unit_box import UnitBox, joined, plane

MINIMA = (
    "x",  # first coordinate
    "y",  # second coordinate; NaN in one dimension
    "value",  # the objective there
    "level",  # global or local
    "place",  # interior, or edge: the box ends there
    "extent",  # longest side of a set of joined equal minima, as a share of the box; about 0 for a point
)
EQUAL = 1e-6  # of the span of values: values nearer to the lowest are as low

_GRID = {1: 2001, 2: 401}  # points a side; beyond two dimensions only scattered starts are affordable
_STEPS = 100
_FIRST, _LONGEST = 1 / 400, 0.05  # trust radii: the first cannot leave a basin of the grid
_RING = 1e-3  # how far around an end point nothing may be lower
_LOWER = 1e-12  # differences of values below this are rounding
_ROUNDS = 4  # times that a descent stuck on a crease is moved off it
_VALLEY = 2e-4  # how far above the global minimum a valley's floor may seem on the grid


def minima_table(problem: Landscape, starts: int) -> pd.DataFrame:
    """Every minimum found over the box, lowest first; columns ``MINIMA``.

    Args:
        problem: the landscape.
        starts: number of scattered starts, besides the low points of the grid.
    """
    box = UnitBox(problem)
    ends = _ends(box, torch.cat([box.scattered(starts), _low_grid_points(box)]))
    height = box.value(ends).numpy()
    unit = ends.numpy()
    group = _along_valleys(box, unit, height, joined(unit))
    rows = []
    for label in np.unique(group):
        members = np.flatnonzero(group == label)
        best = members[height[members].argmin()]
        edge = bool((np.minimum(unit[members], 1 - unit[members]) < 1e-9).any(1).all())
        level = "global" if height[best] <= height.min() + EQUAL else "local"
        point = box.outside(ends[best])
        extent = float(np.ptp(unit[members], axis=0).max())
        rows.append(
            (*plane(point.tolist()), float(problem.value(point)), level, "edge" if edge else "interior", extent)
        )
    return pd.DataFrame(rows, columns=list(MINIMA)).sort_values("value", ignore_index=True)


def _ends(box: UnitBox, begin: Tensor) -> Tensor:
    """Where descents from ``begin`` (N, D) find a minimum: (K, D), K at most N."""
    ends = _descended(box, begin)
    ways = _directions(box.dimension)
    for _ in range(_ROUNDS):
        ring = (ends[:, None] + _RING * ways).clamp(0, 1)
        lowest, at = box.value(ring).min(1)
        stuck = lowest < box.value(ends) - _LOWER
        if not stuck.any():
            break
        ends[stuck] = _descended(box, ring[torch.arange(len(ends)), at][stuck])
    around = box.value((ends[:, None] + _RING * ways).clamp(0, 1)).amin(1)
    return ends[around >= box.value(ends) - _LOWER]


def _descended(box: UnitBox, begin: Tensor) -> Tensor:
    """Ends (N, D) of descents that accept only lower values: twice the radius after one, a quarter after none."""
    unit, value = begin.clone(), box.value(begin)
    radius = torch.full_like(value, _FIRST)
    for _ in range(_STEPS):
        step, _ = box.newton(unit, downhill=True)
        size = step.abs().amax(-1).clamp(min=1e-300)
        trial = (unit + step * (radius / size).clamp(max=1)[:, None]).clamp(0, 1)
        there = box.value(trial)
        lower = there < value
        unit, value = torch.where(lower[:, None], trial, unit), torch.where(lower, there, value)
        radius = torch.where(lower, 2 * radius, radius / 4).clamp(max=_LONGEST)
        if not (radius > 1e-12).any():
            break
    return unit


def _directions(dimension: int) -> Tensor:
    """Unit vectors (K, D) all around: evenly in the plane, where a crease may fall off within few degrees."""
    if dimension == 2:
        angle = torch.arange(720, dtype=torch.float64) * (torch.pi / 360)
        return torch.stack([angle.cos(), angle.sin()], -1)
    ways = torch.from_numpy(np.random.default_rng(0).standard_normal((64, dimension)))
    return torch.nn.functional.normalize(ways, dim=1)


def _fine_grid(box: UnitBox) -> tuple[Tensor, np.ndarray]:
    """A grid over the box in one or two dimensions: points (N, D) and, with an axis for each coordinate, values."""
    side = torch.linspace(0, 1, _GRID[box.dimension], dtype=torch.float64)
    points = torch.stack(torch.meshgrid([side] * box.dimension, indexing="ij"), -1)
    return points.reshape(-1, box.dimension), box.value(points).numpy()


def _low_grid_points(box: UnitBox) -> Tensor:
    """Points of the fine grid that no neighbour lies below, (N, D); none beyond two dimensions."""
    if box.dimension not in _GRID:
        return torch.empty((0, box.dimension), dtype=torch.float64)
    points, height = _fine_grid(box)
    low = height <= ndimage.minimum_filter(height, size=3, mode="nearest")
    return points[torch.from_numpy(low.ravel())]


def _along_valleys(box: UnitBox, unit: np.ndarray, height: np.ndarray, group: np.ndarray) -> np.ndarray:
    """``group`` (N,) with those joined that hold global minima of one valley.

    One valley is one connected piece of the fine grid's points that lie hardly above the global minimum.
    """
    if box.dimension not in _GRID:
        return group
    _, grid = _fine_grid(box)
    pieces, _ = ndimage.label(grid <= height.min() + _VALLEY, np.ones([3] * box.dimension))
    piece = pieces[tuple(np.rint(unit * (grid.shape[0] - 1)).astype(int).T)]
    lowest = (height <= height.min() + EQUAL) & (piece > 0)
    whole = group.copy()
    for one in np.unique(piece[lowest]):
        whole[np.isin(group, group[lowest & (piece == one)])] = len(group) + one
    return whole
