"""The ``summary`` and ``curves`` tables of a descent, from its tensors."""

import numpy as np
import pandas as pd
import torch

from src.core.problem import Problem
from src.core.status import Status
from src.core.streams import Split
from src.engine.descend import DescentResult
from src.monitor.diagnosis import DETECTOR, diagnose
from src.monitor.rule import HIGHER_IS_BETTER, NEVER
from src.tables.quantiles import quantiles

SUMMARY = (
    "split",  # tuning or test
    "seed",  # number of the seed within its split
    "learning_rate",  # of the replicate
    "status",  # Status.label
    "steps",  # steps taken before the row was frozen, or the budget
    "initial_loss",  # objective at the start
    "final_loss",  # objective at the last point (all samples of a learning task's training part); inf: diverged
    "best_loss",  # lowest of the monitored metric at any check of the stopping rule
    "best_step",  # step at which the monitored metric was lowest
    "score",  # end metric: the problem's tuning_metric of a tuning replicate, else its test_metric; inf: diverged
    "solved",  # whether the objective reached the problem's target at any recorded step
    "steps_to_target",  # first recorded step at or below the target; NaN: never (censored at the whole budget)
    "stopped_step",  # step at which the stopping rule fired; NaN: never
    "steps_saved",  # budget - stopped_step; 0 where the rule never fired
    "stopping_cost",  # best monitored value before the stop minus the best of the whole run; NaN: unknown (frozen)
    "diagnosis",  # what the replicate's curves show: a CurveState of src/monitor/diagnosis.py
    "evidence",  # the numbers that the diagnosis rests on, of test replicates only
)
CURVES = (
    "metric",  # name of the series
    "step",  # recorded step
    "q25",  # quartiles over the test seeds; NaN: the quartile is among diverged replicates
    "median",
    "q75",
)

CURVE_POINTS = 1001  # largest number of steps that a curves table keeps of one metric


def objective(descent: DescentResult) -> str:
    """Name of the series that holds the objective over all samples."""
    return "train_loss" if "train_loss" in descent.series else "loss"


def summary_table(
    problem: Problem,
    descent: DescentResult,
    split: Split,
    rates: np.ndarray,
    watched: str,
    steps: int,
    first_seed: int = 0,
) -> pd.DataFrame:
    """One row per replicate: columns ``SUMMARY`` and the problem's own end metrics (``final_*``).

    Args:
        problem: problem that was minimized.
        descent: descent of R = S * L replicates.
        split: split of the seeds.
        rates: learning rates, shape (L,).
        watched: name of the metric that the stopping rule watched.
        steps: budget of a replicate.
        first_seed: number of the first seed.
    """
    rows = len(descent.status)
    diverged = (descent.status == Status.DIVERGED).numpy()
    series = descent.series[objective(descent)]
    losses = series.values.numpy().astype(np.float64)
    finals = {name: one.values[-1].numpy().astype(np.float64) for name, one in descent.series.items()}
    finals |= {name: value.numpy().astype(np.float64) for name, value in problem.assess(descent.theta).items()}
    finals["loss"] = losses[-1]
    judged = problem.tuning_metric if split == "tuning" else problem.test_metric

    reached = losses <= (-np.inf if problem.target is None else problem.target)
    solved = reached.any(axis=0)
    first = series.steps.numpy()[reached.argmax(axis=0)]
    table = pd.DataFrame(
        {
            "split": split,
            "seed": first_seed + np.repeat(np.arange(rows // len(rates)), len(rates)),
            "learning_rate": np.tile(rates, rows // len(rates)),
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


def _stopping_columns(descent: DescentResult, watched: str, steps: int) -> dict[str, np.ndarray]:
    """The stopping rule's step and gain, and what stopping there costs compared with running on (row R60)."""
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


def _diagnosis_columns(descent: DescentResult, split: Split) -> dict[str, list[str]]:
    """The state that each replicate's curves show (row R61), with the evidence in words for test replicates."""
    curves = {name: one.values for name, one in descent.series.items()}
    if split == "tuning":
        states = DETECTOR.states(curves).tolist()
        return {"diagnosis": states, "evidence": [""] * len(states)}
    found = diagnose(curves)
    return {"diagnosis": [str(one.state) for one in found], "evidence": [one.evidence for one in found]}


def curves_table(descent: DescentResult) -> pd.DataFrame:
    """Quartiles over replicates for each metric and recorded step; columns ``CURVES``; NaN where diverged."""
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
