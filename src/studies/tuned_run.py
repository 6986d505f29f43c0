"""One method on one problem: its rate tuned on the tuning seeds, then judged on fresh test seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from src.core.status import Status
from src.core.streams import Seed, Split, seeds
from src.core.tables import RATES
from src.engine.descend import Descender, Descent
from src.studies.plane import PATH_SEEDS
from src.studies.quantiles import quantiles
from src.studies.replicates import summary_table
from src.studies.study import Cell
from src.studies.tuning import best_candidate

# Scores closer than this to a known minimum are equal: what is left is rounding, and speed should decide.
NUMERICAL_ZERO = 1e-12

# Runs some seeds of a split at some rates, as ``descend`` does: the descent and its ``summary`` rows.
Run = Callable[[Cell, Split, np.ndarray, int], tuple[Descent, pd.DataFrame]]


@dataclass(frozen=True)
class Tuned:
    """The chosen rate and how it was found.

    Attributes:
        rate: the chosen rate.
        at_edge: whether it still sits on the edge of the widened grid, so that a better one may lie outside.
        summary: the tuning replicates, as in the ``summary`` table.
        rates: the ``rates`` table.
    """

    rate: float
    at_edge: bool
    summary: pd.DataFrame
    rates: pd.DataFrame


def descend_from(cell: Cell, drawn: Sequence[Seed], rates: np.ndarray, paths: int = 0) -> Descent:
    """Descend from the starts of the seeds ``drawn`` (S) at each of ``rates`` (L)."""
    loop = Descender(
        problem=cell.problem,
        optimizer=cell.optimizer,
        schedule=cell.schedule,
        stopping=cell.stopping,
        steps=cell.steps,
        evaluate_every=cell.evaluate_every or cell.epoch,
        device=torch.device(cell.device),
        paths=paths,
    )
    return loop.run(cell.start.draw(cell.problem, drawn), torch.as_tensor(rates, dtype=cell.problem.dtype), drawn)


def descend(cell: Cell, split: Split, rates: np.ndarray, count: int, paths: int = 0) -> tuple[Descent, pd.DataFrame]:
    """Run ``count`` seeds of ``split`` at each of ``rates``: the descent and its ``summary`` rows."""
    descent = descend_from(cell, seeds(count, split, cell.root), rates, paths)
    watched = cell.stopping.watched(cell.problem.criterion)
    return descent, summary_table(cell.problem, descent, split, rates, watched, cell.steps)


def tune(cell: Cell, zero: float, run: Run = descend) -> Tuned:
    """Choose the rate with the lowest median score over the tuning seeds, widening the grid at its edges.

    Args:
        cell: what to tune.
        zero: scores at or below this are equal.
        run: what gives each replicate its score.
    """
    candidates = fresh = cell.tuning.grid()
    summaries: list[pd.DataFrame] = []
    for widening in range(cell.tuning.widenings + 1):
        summaries.append(run(cell, "tuning", fresh, cell.tuning.seeds)[1])
        summary = pd.concat(summaries, ignore_index=True)
        rates = rates_table(summary)
        ranked = rates["median"].clip(lower=zero).to_numpy()
        best = best_candidate(ranked, effort(summary).reindex(candidates).to_numpy())
        fresh = cell.tuning.beyond(candidates, best)
        if widening == cell.tuning.widenings or not len(fresh):
            break
        candidates = np.sort(np.concatenate([candidates, fresh]))
    rates["chosen"] = np.arange(len(rates)) == best
    return Tuned(float(candidates[best]), len(fresh) > 0, summary, rates)


def rates_table(summary: pd.DataFrame) -> pd.DataFrame:
    """The ``rates`` table of tuning replicates; none is chosen yet."""
    rows = []
    for rate, group in summary.groupby("rate"):
        low, middle, high = quantiles(group["score"].to_numpy())
        diverged = (group["status"] == Status.DIVERGED.label).mean()
        rows.append((rate, low, middle, high, diverged, False))
    return pd.DataFrame(rows, columns=list(RATES))


def effort(summary: pd.DataFrame) -> pd.Series:
    """Median steps to the target at each rate; a seed that never reached it counts as later than any that did."""
    times = summary.groupby("rate")["steps_to_target"]
    return times.apply(lambda each: float(quantiles(each.to_numpy(), (0.5,))[0]))


def judge(cell: Cell, rate: float) -> tuple[Descent, pd.DataFrame]:
    """Judge ``rate`` on the test seeds; the first few seeds' paths are kept in two dimensions."""
    paths = min(PATH_SEEDS, cell.seeds) if cell.problem.dimension == 2 else 0
    return descend(cell, "test", np.array([rate]), cell.seeds, paths)
