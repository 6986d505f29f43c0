"""Savings and costs of each stopping rule, seed by seed, compared with the whole run."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from torch import Tensor

from src.engine.descend import DescentResult
from src.monitor.rule import HIGHER_IS_BETTER, NEVER
from src.statistics.intervals import Estimate, bootstrap, mean, wilson
from src.studies.early_stopping.rules import Replayed, kept_checks

SERIES = ("train_loss", "valid_loss", "valid_accuracy", "test_loss", "test_accuracy")
STOPS = (
    "rate_factor",  # multiple of the tuned learning rate
    "seed",
    "rule",
    "family",
    "setting",
    "metric",
    "min_delta",
    "stopped_step",  # step at which the rule fired; NaN: never
    "kept_step",  # step of the returned point, the best by the rule's metric before the stop
    "time",  # steps taken over the budget
    "log_time",  # log10 of the time
    "valid_cost",  # log10 of the returned point's validation loss over the lowest of the whole run, in decades
    "test_cost",  # log10 of its test loss over that of the run's best point by validation loss, in decades
    "accuracy_cost",  # test accuracy of the run's best point less that of the returned point, in percentage points
)
COSTS = ("valid_cost", "test_cost", "accuracy_cost")


def series_table(descent: DescentResult, factors: np.ndarray) -> pd.DataFrame:
    """Every replicate's losses and accuracies at each evaluation, in single precision; rows as in ``DescentResult``.

    Args:
        descent: R replicates of S seeds at F rates, row r = s F + f.
        factors: multiple of the tuned learning rate of each row, shape (R,).
    """
    steps = descent.series["valid_loss"].steps.numpy()
    rows, count = len(factors), len(steps)
    table = pd.DataFrame(
        {
            "rate_factor": np.repeat(factors, count),
            "seed": np.repeat(_seed_numbers(factors), count),
            "step": np.tile(steps, rows),
        }
    )
    values = {
        name: descent.series[name].values.numpy().T.reshape(-1).astype(np.float32)
        for name in SERIES
        if name in descent.series
    }
    return table.assign(**values)


def stops_table(descent: DescentResult, rules: Sequence[Replayed], factors: np.ndarray) -> pd.DataFrame:
    """One row for each rule and replicate; columns ``STOPS``. Arguments as in ``series_table``."""
    known = {name: descent.series[name].values.numpy().astype(np.float64) for name in SERIES}
    steps = descent.series["valid_loss"].steps.numpy()
    budget, taken = steps[-1], descent.taken.numpy()
    rows = np.arange(len(factors))
    best = kept_checks(known["valid_loss"], steps, taken)
    parts = []
    for rule in rules:
        stopped = rule.stops(descent).numpy()
        ends = np.where(stopped == NEVER, taken, stopped)
        sign = -1.0 if rule.metric in HIGHER_IS_BETTER else 1.0
        kept = kept_checks(sign * known[rule.metric], steps, ends)
        time = np.maximum(ends, 1) / budget
        costs = {
            name.replace("_loss", "_cost"): np.log10(known[name][kept, rows] / known[name][best, rows])
            for name in ("valid_loss", "test_loss")
        }
        accuracy = 100 * (known["test_accuracy"][best, rows] - known["test_accuracy"][kept, rows])
        parts.append(
            pd.DataFrame(
                {
                    "rate_factor": factors,
                    "seed": _seed_numbers(factors),
                    "rule": rule.name,
                    "family": rule.family,
                    "setting": float(rule.setting),
                    "metric": rule.metric,
                    "min_delta": rule.min_delta,
                    "stopped_step": np.where(stopped == NEVER, np.nan, stopped),
                    "kept_step": steps[kept],
                    "time": time,
                    "log_time": np.log10(time),
                    **costs,
                    "accuracy_cost": accuracy,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)[list(STOPS)]


def agreement_table(rule: str, live: DescentResult, replayed: Tensor) -> pd.DataFrame:
    """Whether each replicate stopped live at the step of its replay, one row per replicate."""
    steps = {"live": live.stopped_step.numpy(), "replayed": replayed.numpy()}
    return pd.DataFrame({"rule": rule, **steps}).assign(agrees=steps["live"] == steps["replayed"])


def agreement_shares(agreement: pd.DataFrame) -> pd.DataFrame:
    """Share of replicates that agree, with its interval, one row per rule."""
    rows = []
    for rule, group in agreement.groupby("rule", sort=False):
        share = wilson(float(group["agrees"].mean()), len(group))
        rows.append((rule, len(group), int((group["live"] != NEVER).sum()), *share))
    return pd.DataFrame(rows, columns=["rule", "replicates", "stopped", "share", "low", "high"])


def tradeoff_table(stops: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Time and costs of each rule with 95 % intervals, one row per rule, rate factor and group of ``by``.

    ``time`` is the geometric mean share of the budget. ``front`` is true where no rule of the group is at least as
    fast and as cheap in test loss, and better in one of the two.
    """
    keys = [*by, "rate_factor", "rule", "family", "setting", "metric", "min_delta"]
    rows = []
    for key, group in stops.groupby(keys, sort=False):
        time = pooled(group, "log_time")
        row = dict(zip(keys, key, strict=True))
        row |= dict(zip(("time", "time_low", "time_high"), 10 ** np.array(time), strict=True))
        for cost in COSTS:
            row |= dict(zip((cost, f"{cost}_low", f"{cost}_high"), pooled(group, cost), strict=True))
        rows.append(row | {"stopped": float(group["stopped_step"].notna().mean())})
    table = pd.DataFrame(rows)
    table["front"] = False
    for _, group in table.groupby([*by, "rate_factor"]):
        table.loc[group.index, "front"] = pareto_front(group["time"].to_numpy(), group["test_cost"].to_numpy())
    return table


def pareto_front(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whether no other of N points is as good in both coordinates, (N,) each, and better in one; shape (N,)."""
    no_worse = (first[:, None] <= first) & (second[:, None] <= second)
    better = (first[:, None] < first) | (second[:, None] < second)
    return np.asarray(~(no_worse & better).any(axis=0))


def pooled(rows: pd.DataFrame, column: str) -> Estimate:
    """Mean of ``column`` with its interval over seeds; where there are several tasks, each seed's mean over them."""
    return bootstrap(rows.groupby("seed")[column].mean().to_numpy(), mean)


def contrast(rows: pd.DataFrame, fast: str, slow: str, column: str) -> Estimate:
    """Mean of ``column`` of the rule ``slow`` less that of ``fast``, seed by seed, with its interval."""
    means = {name: rows[rows["rule"] == name].groupby("seed")[column].mean() for name in (fast, slow)}
    return bootstrap((means[slow] - means[fast]).to_numpy(), mean)


def _seed_numbers(factors: np.ndarray) -> np.ndarray:
    """Number of each row's seed, (R,): rows of one seed are neighbours."""
    return np.arange(len(factors)) // len(np.unique(factors))
