"""How a path goes back and forth: crossings of a valley, and its length against the straight way (claims C3, C5)."""

import numpy as np
import pandas as pd

COLUMNS = ("seed", "crossings", "crossings_per_step", "path_ratio", "turning", "until")
ROUNDING = 1e-9  # of the first distance across: a path that lands on the axis stays within rounding of it


def oscillation_table(path: np.ndarray, minimum: np.ndarray, across: np.ndarray, until: np.ndarray) -> pd.DataFrame:
    """Measures of each seed's path up to its step ``until``.

    Args:
        path: parameters at steps 0 … T, shape (T + 1, S, D).
        minimum: the minimizer, shape (D,).
        across: unit vector of the stiffest direction, shape (D,).
        until: last step that counts, shape (S,).

    Returns:
        Columns ``COLUMNS``: ``crossings`` are sign changes of the coordinate along ``across``, ``path_ratio`` is the
        path's length over the straight distance between its ends (1 is straight), ``turning`` the mean angle
        between successive steps in degrees (0 straight on, 180 right back).
    """
    rows = []
    for seed, last in enumerate(until.astype(int)):
        points = path[: last + 1, seed] - minimum
        moves = np.diff(points, axis=0)
        lengths = np.linalg.norm(moves, axis=1)
        straight = float(np.linalg.norm(points[-1] - points[0]))
        crossings = _crossings(points @ across)
        rows.append(
            {
                "seed": seed,
                "crossings": crossings,
                "crossings_per_step": crossings / last if last else np.nan,
                "path_ratio": float(lengths.sum()) / straight if straight else np.nan,
                "turning": _turning(moves[lengths > 0]),
                "until": last,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _crossings(coordinate: np.ndarray) -> int:
    signs = np.sign(coordinate[np.abs(coordinate) > ROUNDING * np.abs(coordinate[0])])
    return int((signs[1:] != signs[:-1]).sum())


def _turning(moves: np.ndarray) -> float:
    """Mean angle between successive moves (K, D), degrees; NaN for fewer than two."""
    if len(moves) < 2:
        return float("nan")
    units = moves / np.linalg.norm(moves, axis=1, keepdims=True)
    return float(np.degrees(np.arccos(np.clip((units[1:] * units[:-1]).sum(axis=1), -1, 1))).mean())
