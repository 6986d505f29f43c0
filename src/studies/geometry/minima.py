"""Minima of a landscape over its box, found by many descents at once.

Descents are Newton's with a trust radius per row; they begin at scattered points and, in one and two dimensions, at
every low point of a fine grid. An end point is a minimum only if no point around it is lower.
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
    "place",  # interior, or edge of the box
    "extent",  # longest side of a set of joined equal minima, as a share of the box; about 0 for a point
)
EQUAL = 1e-6  # of the span of values: values nearer to the lowest one count as equal to it

_GRID = {1: 2001, 2: 401}  # points per side, by dimension; beyond two dimensions only scattered starts are affordable
_STEPS = 100
_FIRST, _LONGEST = 1 / 400, 0.05  # trust radii: the first cannot leave a basin of the grid
_RING = 1e-3  # radius around an end point within which no value may be lower
_LOWER = 1e-12  # smaller differences of values are rounding
_ROUNDS = 4  # how often a descent stuck on a crease is moved off the crease
_VALLEY = 2e-4  # largest height of a valley's floor above the global minimum, as sampled by the grid


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
    """Minima that descents from ``begin`` (N, D) find, (K, D), K at most N."""
    ends = _descended(box, begin)
    directions = _directions(box.dimension)
    for _ in range(_ROUNDS):
        ring = (ends[:, None] + _RING * directions).clamp(0, 1)
        lowest, index = box.value(ring).min(1)
        stuck = lowest < box.value(ends) - _LOWER
        if not stuck.any():
            break
        ends[stuck] = _descended(box, ring[torch.arange(len(ends)), index][stuck])
    around = box.value((ends[:, None] + _RING * directions).clamp(0, 1)).amin(1)
    return ends[around >= box.value(ends) - _LOWER]


def _descended(box: UnitBox, begin: Tensor) -> Tensor:
    """Ends (N, D) of descents that accept only lower values: twice the radius after one, else a quarter."""
    unit, value = begin.clone(), box.value(begin)
    radius = torch.full_like(value, _FIRST)
    for _ in range(_STEPS):
        step, _ = box.newton(unit, downhill=True)
        size = step.abs().amax(-1).clamp(min=1e-300)
        trial = (unit + step * (radius / size).clamp(max=1)[:, None]).clamp(0, 1)
        tried = box.value(trial)
        lower = tried < value
        unit, value = torch.where(lower[:, None], trial, unit), torch.where(lower, tried, value)
        radius = torch.where(lower, 2 * radius, radius / 4).clamp(max=_LONGEST)
        if not (radius > 1e-12).any():
            break
    return unit


def _directions(dimension: int) -> Tensor:
    """Unit vectors (K, D) in all directions, evenly in the plane: a crease may fall within few degrees."""
    if dimension == 2:
        angle = torch.arange(720, dtype=torch.float64) * (torch.pi / 360)
        return torch.stack([angle.cos(), angle.sin()], -1)
    drawn = torch.from_numpy(np.random.default_rng(0).standard_normal((64, dimension)))
    return torch.nn.functional.normalize(drawn, dim=1)


def _fine_grid(box: UnitBox) -> tuple[Tensor, np.ndarray]:
    """A grid over the box in one or two dimensions: points (N, D), and values with one axis per coordinate."""
    side = torch.linspace(0, 1, _GRID[box.dimension], dtype=torch.float64)
    points = torch.stack(torch.meshgrid([side] * box.dimension, indexing="ij"), -1)
    return points.reshape(-1, box.dimension), box.value(points).numpy()


def _low_grid_points(box: UnitBox) -> Tensor:
    """Points of the fine grid without a lower neighbour, (N, D); none beyond two dimensions."""
    if box.dimension not in _GRID:
        return torch.empty((0, box.dimension), dtype=torch.float64)
    points, height = _fine_grid(box)
    low = height <= ndimage.minimum_filter(height, size=3, mode="nearest")
    return points[torch.from_numpy(low.ravel())]


def _along_valleys(box: UnitBox, unit: np.ndarray, height: np.ndarray, group: np.ndarray) -> np.ndarray:
    """``group`` (N,), with groups joined that hold global minima of the same valley.

    A valley is a connected piece of the fine grid's points that lie at most ``_VALLEY`` above the global minimum.
    """
    if box.dimension not in _GRID:
        return group
    _, grid = _fine_grid(box)
    pieces, _ = ndimage.label(grid <= height.min() + _VALLEY, np.ones([3] * box.dimension))
    piece = pieces[tuple(np.rint(unit * (grid.shape[0] - 1)).astype(int).T)]
    lowest = (height <= height.min() + EQUAL) & (piece > 0)
    whole = group.copy()
    for valley in np.unique(piece[lowest]):
        whole[np.isin(group, group[lowest & (piece == valley)])] = len(group) + valley
    return whole
