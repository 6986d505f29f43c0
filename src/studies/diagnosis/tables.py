"""Tables that compare diagnoses with true states: counts, shares, and a curve of each state."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from src.monitor.diagnosis import CurveState
from src.statistics.intervals import wilson

PARTS = ("held-out tasks", "other tasks, held-out seeds", "development")
ALL = "all states"
POINTS = 150  # of a curve that is kept to be drawn
STATES = [str(state) for state in CurveState]
NEEDLESS = ("start", "split", "seed", "learning_rate")


def part_of(rows: pd.DataFrame) -> pd.Series:
    """The one of ``PARTS`` that each run belongs to; only the first measures the detector on tasks new to it."""
    test = rows["split"] == "test"
    return pd.Series(np.select([rows["held_out"] & test, test], PARTS[:2], PARTS[2]), index=rows.index)


def confusion_table(known: pd.DataFrame) -> pd.DataFrame:
    """Counts of runs by part, true and predicted state: a row per pair of states, in the order of ``CurveState``."""
    counts = known.assign(part=part_of(known)).groupby(["part", "true_state", "predicted_state"]).size()
    every = pd.MultiIndex.from_product([PARTS, STATES, STATES], names=["part", "true_state", "predicted_state"])
    return counts.reindex(every, fill_value=0).rename("runs").reset_index()


def accuracy_table(known: pd.DataFrame, runs: int) -> pd.DataFrame:
    """Share of runs that are diagnosed right, by part and state and over all states, with Wilson's intervals.

    Columns ``part``, ``state``, ``runs``, ``problems``, ``accuracy``, ``low``, ``high``, and ``of_all``: the
    share of all ``runs``, with or without a true state.
    """
    rows = []
    parts = part_of(known)
    for part in PARTS:
        own = known[parts == part]
        for state in (*STATES, ALL):
            some = own if state == ALL else own[own["true_state"] == state]
            right = float(some["right"].mean()) if len(some) else np.nan
            interval = wilson(right, len(some))
            rows.append((part, state, len(some), some["problem"].nunique(), *interval, len(some) / max(1, runs)))
    return pd.DataFrame(rows, columns=["part", "state", "runs", "problems", "accuracy", "low", "high", "of_all"])


def examples_table(curves: Mapping[str, np.ndarray], rows: pd.DataFrame) -> pd.DataFrame:
    """Thinned loss and gradient norm of the first run of each state that was diagnosed right.

    Columns ``seed``, ``learning_rate``, ``true_state``, ``evidence``, ``step``, ``loss``, ``grad_norm``, and
    ``valid_loss``, which is NaN at steps without an evaluation.
    """
    parts = []
    for state, group in rows[rows["right"]].groupby("true_state"):
        row = int(group.index[0])
        count = len(curves["loss"])
        kept = np.unique(np.linspace(0, count - 1, min(count, POINTS)).round().astype(int))
        frame = pd.DataFrame({"step": kept} | {name: curves[name][kept, row] for name in ("loss", "grad_norm")})
        if "valid_loss" in curves:
            valid = curves["valid_loss"][:, row]
            at = np.linspace(0, len(kept) - 1, len(valid)).round().astype(int)
            frame["valid_loss"] = np.nan
            frame.loc[at, "valid_loss"] = valid
        one = rows.loc[row]
        parts.append(
            frame.assign(
                true_state=state, seed=one["seed"], learning_rate=one["learning_rate"], evidence=one["evidence"]
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def gallery(known: pd.DataFrame, examples: pd.DataFrame) -> pd.DataFrame:
    """Of ``examples``, one run of each state: on held-out tasks and of test seeds where there is one."""
    if examples.empty:
        return examples
    held_out = set(known.loc[known["held_out"], "problem"])
    order = ~examples["problem"].isin(held_out) * 2 + (examples["split"] != "test")
    found = []
    for state in STATES:
        own = examples[examples["true_state"] == state].assign(order=order)
        if len(own):
            first = own.sort_values("order", kind="stable").iloc[0]
            keys = ["problem", "method", *NEEDLESS]
            found.append(own[(own[keys] == first[keys]).all(axis=1)].drop(columns="order"))
    return pd.concat(found, ignore_index=True)
