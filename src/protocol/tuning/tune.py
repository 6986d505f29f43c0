"""One method on one problem: its learning rate tuned on the tuning seeds, then evaluated on fresh test seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from src.core.result import Result
from src.core.streams import Seed, Split, seeds
from src.engine.descend import DescentLoop, DescentResult
from src.protocol.study import Cell
from src.protocol.tuning.grid import best_candidate
from src.tables.planar_tables import PATH_SEEDS
from src.tables.rate_table import effort, rates_table
from src.tables.run_tables import summary_table

# Scores closer than this to a known minimum are equal: the difference is rounding, and speed should decide.
NUMERICAL_ZERO = 1e-12

# Runs some seeds of a split at some learning rates, as ``descend`` does: the descent and its ``summary`` rows.
Run = Callable[[Cell, Split, np.ndarray, int], tuple[DescentResult, pd.DataFrame]]


@dataclass(frozen=True)
class TuningResult:
    """The chosen learning rate and the runs that it was chosen by.

    Attributes:
        learning_rate: the chosen learning rate.
        at_edge: whether the chosen learning rate is an end of the widened grid; a better one may then lie outside.
        summary: the tuning replicates, as rows of the ``summary`` table.
        rates: the ``rates`` table.
    """

    learning_rate: float
    at_edge: bool
    summary: pd.DataFrame
    rates: pd.DataFrame


def descend_from(cell: Cell, drawn: Sequence[Seed], rates: np.ndarray, paths: int = 0) -> DescentResult:
    """Descend from the starts of the seeds ``drawn`` (S) at each of the learning rates ``rates`` (L)."""
    loop = DescentLoop(
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


def descend(
    cell: Cell, split: Split, rates: np.ndarray, count: int, paths: int = 0
) -> tuple[DescentResult, pd.DataFrame]:
    """Run ``count`` seeds of ``split`` at each learning rate in ``rates``: the descent and its ``summary`` rows."""
    first = cell.first_of(split)
    descent = descend_from(cell, seeds(count, split, cell.root_seed, first), rates, paths)
    watched = cell.stopping.watched(cell.problem.tuning_metric)
    return descent, summary_table(cell.problem, descent, split, rates, watched, cell.steps, first)


def tune(cell: Cell, zero: float, run: Run = descend) -> TuningResult:
    """Choose the learning rate with the lowest median score over the tuning seeds, widening the grid at its edges.

    A cell with an ``earlier`` run takes what was chosen there.

    Args:
        cell: cell of the grid whose learning rate is tuned.
        zero: scores at or below this value are equal.
        run: function that runs the replicates and scores them.
    """
    if cell.earlier is not None:
        return _chosen_in(cell.earlier)
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
    return TuningResult(float(candidates[best]), len(fresh) > 0, summary, rates)


def _chosen_in(run: Result) -> TuningResult:
    """What a finished run, which tuned its learning rate, has chosen."""
    summary, about = run.tables["summary"], run.about
    tuning = summary[summary["split"] == "tuning"]
    chosen = (float(about["best_learning_rate"]), bool(about["learning_rate_at_edge"]))
    return TuningResult(*chosen, tuning, run.tables["rates"])


def evaluate(cell: Cell, learning_rate: float) -> tuple[DescentResult, pd.DataFrame]:
    """Run the test seeds at ``learning_rate``; in two dimensions the paths of the first few seeds are kept."""
    paths = min(PATH_SEEDS, cell.seeds) if cell.problem.dimension == 2 else 0
    return descend(cell, "test", np.array([learning_rate]), cell.seeds, paths)
