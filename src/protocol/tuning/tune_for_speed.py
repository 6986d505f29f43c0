"""Fair tuning for speed: the fewest steps to the target, over learning rates and over the method's memory.

All candidates run together under a budget that doubles until the median seed of one candidate has reached the target.
That candidate is the best under any larger budget too, so that slow candidates need not run to the end.

A candidate may not climb: a run whose loss ever rises above ``climb`` times its first loss does not count as having
reached the target. Without this rule methods that divide by their gradients solve any quadratic whose axes are the
coordinates by one giant leap: after the leap the gradients are proportional to the curvatures, and the next step,
divided by the gradients, is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from src.core.optimizer import Optimizer
from src.core.status import Status
from src.engine.descend import DescentResult
from src.protocol.study import Cell
from src.protocol.tuning.tune import descend
from src.tables.quantiles import quantiles
from src.tables.run_tables import objective

MEMORY = ("beta", "beta1")  # names of a method's memory: of the gradient, or of its square where that is all
FIRST_BUDGET = 32  # steps; doubled until a candidate has reached the target
REFINED = 7  # candidates put between the best one and each of its neighbours, with half of that on both sides


@dataclass(frozen=True)
class SpeedTuningResult:
    """The setting with the fewest steps to the target.

    Attributes:
        optimizer: the method with its chosen memory.
        learning_rate: the chosen learning rate.
        memory: the chosen beta; NaN for a method without a memory.
        learning_rate_at_edge: whether the learning rate lies at an end of the widened grid.
        memory_at_edge: whether the memory is the smallest or the largest one tried.
        summary: the tuning replicates, with a column ``memory``.
        rates: the ``rates`` table of the chosen memory; its score is steps to the target.
    """

    optimizer: Optimizer
    learning_rate: float
    memory: float
    learning_rate_at_edge: bool
    memory_at_edge: bool
    summary: pd.DataFrame
    rates: pd.DataFrame


def variants(optimizer: Optimizer, memories: Sequence[float]) -> dict[float, Optimizer]:
    """``optimizer`` with each of ``memories``; ``optimizer`` alone, under NaN, where it has no memory."""
    own = {field.name for field in fields(optimizer)}  # type: ignore[arg-type]  # a dataclass, by its contract
    name = next((name for name in MEMORY if name in own), None)
    if name is None:
        return {np.nan: optimizer}
    return {memory: replace(optimizer, **{name: memory}) for memory in memories}  # type: ignore[type-var]  # as above


def tune_for_speed(cell: Cell, memories: Sequence[float], climb: float) -> SpeedTuningResult:
    """Tune ``cell``; where no candidate reaches the target the lowest median loss is chosen.

    Args:
        cell: what to tune.
        memories: values tried for the method's memory.
        climb: multiple of its first loss to which a run may rise; at least 1.
    """
    methods = variants(cell.optimizer, memories)
    every = cell.tuning.grid()
    budget = min(FIRST_BUDGET, cell.steps)
    while True:
        table = _run_candidates(cell, methods, every, budget, climb)
        if budget == cell.steps or np.isfinite(_medians(table).iloc[0]["steps"]):
            break
        budget = min(2 * budget, cell.steps)
    # A candidate that is slower than the best so far cannot win.
    budget = int(min(budget, max(_medians(table).iloc[0]["steps"], 1)))
    for _ in range(cell.tuning.widenings):
        best = _medians(table).iloc[0]
        fresh = cell.tuning.beyond(every, int(np.searchsorted(every, best["learning_rate"])))
        if not len(fresh):
            break
        table = pd.concat([table, _run_candidates(cell, methods, fresh, budget, climb)], ignore_index=True)
        every = np.sort(np.concatenate([every, fresh]))
    best = _medians(table).iloc[0]
    at_edge = best["learning_rate"] in (every[0], every[-1])
    chosen = {memory: method for memory, method in methods.items() if _same_memory(memory, best["memory"])}
    table = pd.concat(
        [table, _run_candidates(cell, chosen, _between(every, best["learning_rate"]), budget, climb)],
        ignore_index=True,
    )
    best = _medians(table).iloc[0]
    memory = float(best["memory"])
    tried = sorted(methods)
    return SpeedTuningResult(
        optimizer=next(method for m, method in methods.items() if _same_memory(m, memory)),
        learning_rate=float(best["learning_rate"]),
        memory=memory,
        learning_rate_at_edge=bool(at_edge),
        memory_at_edge=len(tried) > 1 and memory in (tried[0], tried[-1]),
        summary=table,
        rates=_rates(table, memory, float(best["learning_rate"])),
    )


def _run_candidates(
    cell: Cell, methods: dict[float, Optimizer], rates: np.ndarray, budget: int, climb: float
) -> pd.DataFrame:
    """Tuning replicates of every method at every rate: ``summary`` rows with columns ``memory`` and ``climbed``."""
    parts = []
    for memory, method in methods.items():
        short = replace(cell, optimizer=method, steps=budget)
        descent, table = descend(short, "tuning", rates, cell.tuning.seeds)
        climbed = has_climbed(descent, climb)
        table["steps_to_target"] = table["steps_to_target"].mask(climbed)
        parts.append(table.assign(memory=memory, climbed=climbed))
    return pd.concat(parts, ignore_index=True)


def has_climbed(descent: DescentResult, climb: float) -> np.ndarray:
    """Whether each row's objective, which is not negative, ever rose above ``climb`` times its start, shape (R,)."""
    values = descent.series[objective(descent)].values.numpy()
    with np.errstate(invalid="ignore"):
        found: np.ndarray = ~(values.max(axis=0) <= climb * values[0])
    return found


def _medians(table: pd.DataFrame) -> pd.DataFrame:
    """Median steps and loss of each candidate, the best first: fewest steps, then lowest loss, then lowest rate."""
    groups = table.groupby(["memory", "learning_rate"], dropna=False)
    found = pd.DataFrame(
        {
            "steps": groups["steps_to_target"].apply(_middle),
            "loss": groups["final_loss"].apply(_middle),
        }
    ).reset_index()
    return found.sort_values(["steps", "loss", "learning_rate"], kind="stable", ignore_index=True)


def _middle(values: pd.Series) -> float:
    return float(quantiles(values.to_numpy(), (0.5,))[0])


def _between(rates: np.ndarray, best: float) -> np.ndarray:
    """Candidates on a finer logarithmic grid between the neighbours of ``best``, without the rates already tried."""
    place = int(np.searchsorted(rates, best))
    parts = [
        np.geomspace(rates[low], rates[low + 1], REFINED + 2)[1:-1]
        for low in (place - 1, place)
        if 0 <= low < len(rates) - 1
    ]
    return np.concatenate(parts)


def _same_memory(one: float, other: float) -> bool:
    """Whether two memories are equal; NaN, no memory, equals NaN."""
    return one == other or (np.isnan(one) and np.isnan(other))


def _rates(table: pd.DataFrame, memory: float, chosen: float) -> pd.DataFrame:
    own = table[table["memory"].isna()] if np.isnan(memory) else table[table["memory"] == memory]
    rows = []
    for rate, group in own.groupby("learning_rate"):
        low, middle, high = quantiles(group["steps_to_target"].to_numpy())
        diverged = float((group["status"] == Status.DIVERGED.label).mean())
        rows.append({"learning_rate": rate, "q25": low, "median": middle, "q75": high, "diverged": diverged})
    found = pd.DataFrame(rows)
    return found.assign(chosen=found["learning_rate"] == chosen)
