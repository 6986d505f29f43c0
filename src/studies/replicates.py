"""From a descent's tensors to the ``summary`` and ``curves`` tables."""

import numpy as np
import pandas as pd
import torch

from src.core.problem import Problem
from src.core.status import Status
from src.core.streams import Split
from src.core.tables import CURVES, SUMMARY
from src.engine.descend import Descent
from src.monitor.diagnosis import DETECTOR, diagnose
from src.monitor.rule import HIGHER_IS_BETTER, NEVER
from src.studies.quantiles import quantiles

CURVE_POINTS = 1001  # most steps that a curves table keeps of one metric


def objective(descent: Descent) -> str:
    """Name of the series that holds the objective over all samples."""
    return "train_loss" if "train_loss" in descent.series else "loss"


def summary_table(
    problem: Problem, descent: Descent, split: Split, rates: np.ndarray, watched: str, steps: int
) -> pd.DataFrame:
    """One row a replicate: columns ``SUMMARY`` and the problem's own end metrics (``final_*``).

    Args:
        problem: what was minimized.
        descent: R = S * L replicates.
        split: which seeds these are.
        rates: the L rates.
        watched: the metric that the stopping rule watched.
        steps: the budget.
    """
    rows = len(descent.status)
    diverged = (descent.status == Status.DIVERGED).numpy()
    series = descent.series[objective(descent)]
    losses = series.values.numpy().astype(np.float64)
    finals = {name: one.values[-1].numpy().astype(np.float64) for name, one in descent.series.items()}
    finals |= {name: value.numpy().astype(np.float64) for name, value in problem.assess(descent.theta).items()}
    finals["loss"] = losses[-1]
    judged = problem.criterion if split == "tuning" else problem.yardstick

    reached = losses <= (-np.inf if problem.target is None else problem.target)
    solved = reached.any(axis=0)
    first = series.steps.numpy()[reached.argmax(axis=0)]
    table = pd.DataFrame(
        {
            "split": split,
            "seed": np.repeat(np.arange(rows // len(rates)), len(rates)),
            "rate": np.tile(rates, rows // len(rates)),
            "status": [Status(code).label for code in descent.status.tolist()],
            "steps": descent.taken.numpy(),
            "initial_loss": losses[0],
            "final_loss": np.where(diverged, np.inf, losses[-1]),
            "score": np.where(diverged | np.isnan(finals[judged]), np.inf, finals[judged]),
            "solved": solved,
            "steps_to_target": np.where(solved, first, np.nan),
            **_stopping_columns(descent, watched, steps),
            **_diagnosis_columns(descent, split),
        }
    )
    extra = {f"final_{name}": value for name, value in finals.items() if f"final_{name}" not in table}
    return table[list(SUMMARY)].assign(**extra)


def _stopping_columns(descent: Descent, watched: str, steps: int) -> dict[str, np.ndarray]:
    """What the stopping rule did, and what stopping there costs against running on (row R60)."""
    sign = -1.0 if watched in HIGHER_IS_BETTER else 1.0
    series = descent.series[watched]
    cost = np.nan_to_num(sign * series.values.numpy().astype(np.float64), nan=np.inf)
    at = series.steps.numpy()
    stopped = descent.stopped_step.numpy()
    fired = stopped != NEVER
    best_so_far = np.minimum.accumulate(cost, axis=0)
    index = np.where(fired, np.searchsorted(at, stopped), len(at) - 1)
    at_stop = best_so_far[index, np.arange(len(stopped))]
    frozen = (descent.status == Status.STOPPED_EARLY).numpy()
    with np.errstate(invalid="ignore"):
        price = np.where(frozen | ~np.isfinite(at_stop), np.nan, at_stop - best_so_far[-1])
    return {
        "best_loss": sign * best_so_far[-1],
        "best_step": at[cost.argmin(axis=0)],
        "stopped_step": np.where(fired, stopped, np.nan),
        "steps_saved": np.where(fired, steps - stopped, 0),
        "stopping_cost": price,
    }


def _diagnosis_columns(descent: Descent, split: Split) -> dict[str, list[str]]:
    """What each replicate's curves show (row R61); only of those that are judged, with the evidence in words."""
    curves = {name: one.values for name, one in descent.series.items()}
    if split == "tuning":
        states = DETECTOR.states(curves).tolist()
        return {"diagnosis": states, "evidence": [""] * len(states)}
    found = diagnose(curves)
    return {"diagnosis": [str(one.state) for one in found], "evidence": [one.evidence for one in found]}


def curves_table(descent: Descent) -> pd.DataFrame:
    """Quartiles over replicates for each metric and recorded step; columns ``CURVES``; empty where diverged."""
    parts = []
    for metric, series in descent.series.items():
        count = len(series.steps)
        kept = np.unique(np.linspace(0, count - 1, min(count, CURVE_POINTS)).round().astype(int))
        low, middle, high = quantiles(series.values[torch.from_numpy(kept)].numpy())
        parts.append(
            pd.DataFrame(
                {"metric": metric, "step": series.steps.numpy()[kept], "q25": low, "median": middle, "q75": high}
            )
        )
    table = pd.concat(parts, ignore_index=True)[list(CURVES)]
    return table.replace([np.inf, -np.inf], np.nan)
