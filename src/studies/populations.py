"""Generations of a search in the plane, to be drawn and to be watched."""

import numpy as np
import pandas as pd

from src.engine.search import Trace

MOST = 150  # points of a generation that are kept


def population_table(trace: Trace) -> pd.DataFrame:
    """Points of the first row's generations; empty unless the engine kept them and points lie in the plane.

    Columns ``generation`` (of those kept, from 0), ``evaluations`` (spent by its end), ``x``, ``y`` and ``value``; at
    most ``MOST`` points of each, evenly taken.
    """
    frames = []
    for generation, shot in enumerate(trace.snapshots):
        if shot.points.shape[1] != 2 or not len(shot.points):
            break
        kept = np.unique(np.linspace(0, len(shot.points) - 1, min(MOST, len(shot.points))).round().astype(int))
        x, y = shot.points[kept].numpy().T
        told = {"generation": generation, "evaluations": shot.evaluations}
        frames.append(pd.DataFrame({"x": x, "y": y, "value": shot.values[kept].numpy()}).assign(**told))
    if not frames:
        return pd.DataFrame(columns=["generation", "evaluations", "x", "y", "value"])
    return pd.concat(frames, ignore_index=True)
