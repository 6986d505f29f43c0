"""Points of a search's generations in the plane, for figures and movies."""

import numpy as np
import pandas as pd

from src.engine.search import SearchResult

MOST = 150  # points that are kept per generation


def population_table(trace: SearchResult) -> pd.DataFrame:
    """Points of the first row's generations; empty unless the engine kept them and points lie in the plane.

    Columns ``generation`` (number among the kept generations, from 0), ``evaluations`` (spent by the generation's
    end), ``x``, ``y`` and ``value``; at most ``MOST`` points per generation, evenly taken.
    """
    frames = []
    for generation, shot in enumerate(trace.snapshots):
        if shot.points.shape[1] != 2 or not len(shot.points):
            break
        kept = np.unique(np.linspace(0, len(shot.points) - 1, min(MOST, len(shot.points))).round().astype(int))
        x, y = shot.points[kept].numpy().T
        numbers = {"generation": generation, "evaluations": shot.evaluations}
        frames.append(pd.DataFrame({"x": x, "y": y, "value": shot.values[kept].numpy()}).assign(**numbers))
    if not frames:
        return pd.DataFrame(columns=["generation", "evaluations", "x", "y", "value"])
    return pd.concat(frames, ignore_index=True)
