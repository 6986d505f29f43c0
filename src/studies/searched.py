"""A search method on a problem, seed by seed: what the studies of gradient-free methods share."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from src.core.checks import refuse
from src.core.search import SearchMethod
from src.core.streams import Split, seeds
from src.engine.search import Searcher, Trace
from src.problems.landscape import Landscape
from src.studies.quantiles import quantiles
from src.studies.study import Cell

NOT_SEARCHED = "a search has no learning rate, and no stopping rule watches it"
UNWATCHED = ("best_rate", "stopped_rate", "stopped_step", "steps_saved", "best_step", "stopping_cost")


def method_of(owner: object, cell: Cell) -> SearchMethod:
    """The cell's search method. Raises FieldError where there is none."""
    if cell.search is None:
        raise refuse(owner, "search", None, "a search method: add +search=NAME")
    return cell.search


def landscape_of(owner: object, cell: Cell) -> Landscape:
    """The cell's problem. Raises FieldError unless it is a landscape, whose box can be searched."""
    if not isinstance(cell.problem, Landscape):
        raise refuse(owner, "problem", cell.names.get("problem"), "a landscape, which has a box to search")
    return cell.problem


def search(
    searcher: Searcher,
    cell: Cell,
    split: Split,
    count: int,
    settings: Mapping[str, Tensor] | None = None,
    first: int = 0,
) -> Trace:
    """Search from the starts of ``count`` seeds of ``split``, from the number ``first`` on; S * L rows."""
    of = seeds(first + count, split, cell.root)[first:]
    return searcher.run(cell.start.draw(cell.problem, of), of, settings)


def hits(best: np.ndarray, target: float) -> np.ndarray:
    """Evaluations until the best-so-far (R, E) is at or below ``target``, shape (R,); NaN: never."""
    reached = best <= target
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.nan)


def checkpoints(budget: int, count: int = 60) -> np.ndarray:
    """Numbers of evaluations at which curves are kept, evenly spaced on a log axis from 1 to ``budget``."""
    return np.unique(np.geomspace(1, budget, count).round().astype(int))


def end_values(
    values: np.ndarray, times: np.ndarray, target: float | None
) -> tuple[dict[str, float], dict[str, str]]:
    """End metrics under the names of every study, and why others are missing.

    Args:
        values: best value of each replicate at the end of its budget, shape (R,).
        times: evaluations until the target was reached, shape (R,); NaN: never.
        target: the value that counts as solved; None where the problem has none.
    """
    low, middle, high = quantiles(values)
    found = {
        "final_loss": float(middle),
        "final_loss_q25": float(low),
        "final_loss_q75": float(high),
        "diverged_rate": float((~np.isfinite(values)).mean()),
    }
    missing = dict.fromkeys(UNWATCHED, NOT_SEARCHED)
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
