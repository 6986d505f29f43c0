"""From the traces of a search to its ``summary`` table: one row per replicate, with its early-stopping statistics.

No rule watches a search while it runs. A stopping rule on the best value so far is replayed over the trace, with
``CHECKS`` checks evenly spaced over the budget: between two checks a method has had time to propose new points, so
that a rule which waits for some checks without improvement means the same for every budget. Steps are evaluations.
"""

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.monitor.replay import replay
from src.monitor.rule import NEVER, StoppingRule
from src.tables.quantiles import quantiles

CHECKS = 100  # of the stopping rule over a budget
FAILED = "failed"  # status of a search that found no finite value
SEARCH_SUMMARY = (
    "split",  # test: a search is not tuned here
    "seed",  # number of the seed within its split
    "status",  # finite or failed: whether any finite value was found
    "steps",  # evaluations spent, until the search was done or its budget was spent
    "final_loss",  # best value at the end; inf: none was finite
    "solved",  # whether the best value reached the target
    "steps_to_target",  # evaluations until it did; NaN: never
    "stopped_step",  # evaluations at which the stopping rule fires, before the search ends; NaN: never
    "steps_saved",  # steps - stopped_step; 0 when the rule never fires
    "stopping_cost",  # best value at the stop minus the best of the whole search; 0: no stop; NaN: none was finite
)
UNWATCHED = "the stopping rule watches {metric}, which a search does not have: choose stopping.metric=loss"


def search_summary(
    best: Tensor,
    used: Tensor,
    seeds: np.ndarray,
    rule: StoppingRule,
    target: float | None,
    *,
    charge: int = 1,
    last_target: float | None = None,
) -> pd.DataFrame:
    """One row per replicate; columns ``SEARCH_SUMMARY``.

    Args:
        best: best value so far after each call of the problem, shape (R, E); it never rises.
        used: calls that each replicate made, shape (R,).
        seeds: number of each replicate's seed, shape (R,).
        rule: the stopping rule to replay; one that watches a metric which searches lack never fires.
        target: the value that counts as solved; None where the problem has none.
        charge: evaluations that a call counts as; more than 1 where it takes a gradient.
        last_target: value at which a replicate is done, as in the loop of the search; None where the loop goes on.
            Calls after it do not count, as their number depends on the other replicates of the batch.
    """
    calls = used.numpy()
    if last_target is not None:
        calls = np.fmin(calls, _calls_to(best, last_target)).astype(calls.dtype)
    ends = best[:, -1].to(torch.float64).numpy()
    times = np.full(len(best), np.nan) if target is None else _calls_to(best, target)
    stopped, at_stop = _stops(best, calls, rule)
    fired = np.isfinite(stopped)
    with np.errstate(invalid="ignore"):
        cost = np.where(fired, at_stop - ends, np.where(np.isfinite(ends), 0.0, np.nan))
    return pd.DataFrame(
        {
            "split": "test",
            "seed": seeds,
            "status": np.where(np.isfinite(ends), "finite", FAILED),
            "steps": calls * charge,
            "final_loss": ends,
            "solved": np.isfinite(times),
            "steps_to_target": times * charge,
            "stopped_step": stopped * charge,
            "steps_saved": np.where(fired, calls - stopped, 0.0) * charge,
            "stopping_cost": np.where(np.isfinite(cost), cost, np.nan),
        }
    )[list(SEARCH_SUMMARY)]


def _calls_to(best: Tensor, target: float) -> np.ndarray:
    """Calls until ``best`` (R, E) is at or below ``target``, shape (R,); NaN: never."""
    reached = best <= target
    return np.where(reached.any(dim=1).numpy(), reached.to(torch.uint8).argmax(dim=1).numpy() + 1.0, np.nan)


def _stops(best: Tensor, calls: np.ndarray, rule: StoppingRule) -> tuple[np.ndarray, np.ndarray]:
    """Calls at which ``rule`` fires for each row, NaN where it never does, and the best value there, each (R,).

    A search that ended by itself before the rule would have fired was not stopped by the rule.
    """
    if rule.watched("loss") != "loss":
        return np.full(len(best), np.nan), np.full(len(best), np.nan)
    budget = best.shape[1]
    checks = np.unique(np.linspace(1, budget, min(CHECKS, budget)).round().astype(np.int64))
    values = best[:, torch.from_numpy(checks - 1)].T
    stopped = replay(rule, values, torch.from_numpy(checks), higher_is_better=False).numpy()
    fired = (stopped != NEVER) & (stopped < calls)
    at_stop = best[torch.arange(len(best)), torch.from_numpy(np.where(fired, stopped, budget) - 1)]
    return np.where(fired, stopped, np.nan), at_stop.to(torch.float64).numpy()


def stopping_metrics(summary: pd.DataFrame, rule: StoppingRule) -> tuple[dict[str, float], dict[str, str]]:
    """End metrics of the early-stopping statistics, under the names of every study, and why others are missing."""
    if rule.watched("loss") != "loss":
        names = ("stopped_rate", "stopped_step", "steps_saved", "stopping_cost")
        return {}, dict.fromkeys(names, UNWATCHED.format(metric=rule.metric))
    found = {
        "stopped_rate": float(summary["stopped_step"].notna().mean()),
        "stopped_step": float(summary["stopped_step"].median()),
        "steps_saved": float(summary["steps_saved"].mean()),
        "stopping_cost": float(quantiles(summary["stopping_cost"].to_numpy(), (0.5,))[0]),
    }
    missing = {
        "stopped_step": "the stopping rule fired for no seed",
        "stopping_cost": "half of the seeds or more had no finite value at the stop",
    }
    return (
        {name: value for name, value in found.items() if np.isfinite(value)},
        {name: missing.get(name, "no seed") for name, value in found.items() if not np.isfinite(value)},
    )
