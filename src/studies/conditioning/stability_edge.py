"""The largest rate at which a method still makes progress, by a bisection in which all candidates run at once."""

from dataclasses import replace

import numpy as np
import pandas as pd

from src.protocol.study import Cell
from src.protocol.tuning.tune import descend

COLUMNS = ("seed", "low", "high")


def edge_table(
    cell: Cell, *, lowest: float, highest: float, candidates: int, rounds: int, steps: int
) -> pd.DataFrame:
    """For each test seed the last rate at which the loss fell and the first at which it rose.

    The loss has risen when after ``steps`` steps it is above where it began. Each round puts ``candidates`` rates
    on a logarithmic grid and zooms in on those between which the seeds turn. No theory of the method enters.

    Args:
        cell: problem, method and seeds.
        lowest: lower end of the first round's grid.
        highest: its upper end.
        candidates: rates a round, at least 3.
        rounds: at least 1.
        steps: budget of each replicate; just above the edge the loss grows slowly.

    Returns:
        Columns ``COLUMNS``; NaN where the loss rose, or fell, at every rate.
    """
    low, high = lowest, highest
    found = pd.DataFrame()
    for _ in range(rounds):
        rates = np.geomspace(low, high, candidates)
        _, table = descend(replace(cell, steps=steps), "test", rates, cell.seeds)
        fell = (table["final_loss"] <= table["initial_loss"]).to_numpy().reshape(cell.seeds, candidates)
        last = _last_before_a_rise(fell)
        inside = (last >= 0) & (last < candidates - 1)
        found = pd.DataFrame(
            {
                "seed": np.arange(cell.seeds),
                "low": np.where(inside, rates[np.clip(last, 0, None)], np.nan),
                "high": np.where(inside, rates[np.clip(last + 1, None, candidates - 1)], np.nan),
            }
        )
        if not inside.all():
            break
        low, high = found["low"].min(), found["high"].max()
    return found[list(COLUMNS)]


def _last_before_a_rise(fell: np.ndarray) -> np.ndarray:
    """Index of the last of each row's leading True values, (S, L) -> (S,); -1 where there is none."""
    first_rise: np.ndarray = np.where(fell.all(axis=1), fell.shape[1], fell.argmin(axis=1))
    return first_rise - 1
