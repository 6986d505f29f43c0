"""Hitting times, curves and end metrics of a search, from the best values of its seeds."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from src.tables.quantiles import quantiles

NO_LEARNING_RATE = "a search has no learning rate"


def hitting_times(best: np.ndarray, target: float) -> np.ndarray:
    """Evaluations until the best value so far (R, E) is at or below ``target``, shape (R,); NaN: never."""
    reached = best <= target
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.nan)


def checkpoints(budget: int, count: int = 60) -> np.ndarray:
    """Numbers of evaluations at which curves keep a point, evenly spaced on a log axis from 1 to ``budget``."""
    return np.unique(np.geomspace(1, budget, count).round().astype(int))


def end_values(
    values: np.ndarray, times: np.ndarray, target: float | None
) -> tuple[dict[str, float], dict[str, str]]:
    """End metrics under the names of every study, and for each missing metric the reason.

    Args:
        values: best value of each replicate at the end of its budget, shape (R,).
        times: evaluations until the target was reached, shape (R,); NaN: never.
        target: value that counts as solved; None where the problem has none.
    """
    low, middle, high = quantiles(values)
    found = {
        "final_loss": float(middle),
        "final_loss_q25": float(low),
        "final_loss_q75": float(high),
        "diverged_rate": float((~np.isfinite(values)).mean()),
    }
    missing = {"best_learning_rate": NO_LEARNING_RATE}
    if target is None:
        missing |= dict.fromkeys(("success_rate", "steps_to_target"), "the problem has no target")
    else:
        found["success_rate"] = float(np.isfinite(times).mean())
        found["steps_to_target"] = float(quantiles(times, (0.5,))[0])
        missing["steps_to_target"] = f"fewer than half of the seeds reached the target {target:g}"
    finite = {name: value for name, value in found.items() if np.isfinite(value)}
    absent = dict.fromkeys(name for name in (*found, *missing) if name not in finite)
    return finite, {name: missing.get(name, "no finite value was found") for name in absent}


def row_settings(levels: Mapping[str, np.ndarray]) -> tuple[dict[str, Tensor], dict[str, np.ndarray]]:
    """All combinations of some fields' levels, each (L,): as tensors for the engine, and as arrays."""
    mesh = np.meshgrid(*levels.values(), indexing="ij")
    arrays = {name: each.ravel() for name, each in zip(levels, mesh, strict=True)}
    return {name: torch.from_numpy(each.astype(np.float64)) for name, each in arrays.items()}, arrays
