"""Descents at one batch size on one problem: its learning rate tuned for two purposes, then test seeds."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from src.core.status import Status
from src.core.streams import Split
from src.engine.descend import DescentResult
from src.protocol.study import Cell
from src.protocol.tuning.grid import best_candidate
from src.protocol.tuning.tune import descend
from src.studies.batch_noise.budget import BatchBudget, steps_of
from src.tables.quantiles import quantiles
from src.tables.rate_table import RATES
from src.tables.run_tables import objective

# Purposes of a row of ``summary``, besides ``tuning``.
FASTEST = "fastest"  # the learning rate that reaches the target in the fewest steps, with a budget large enough
LOWEST = "lowest"  # the learning rate that ends lowest (by the tuning metric) after equal epochs
SHARED = "shared"  # one learning rate for all batch sizes, for equal epochs


@dataclass(frozen=True)
class BatchTuningResult:
    """Candidate learning rates and the two that were chosen.

    Attributes:
        summary: rows of the tuning replicates.
        rates: the ``rates`` table by the tuning metric after equal epochs, with ``chosen`` for LOWEST; and median
            steps to the target, with ``fastest``.
        fastest, lowest: the chosen learning rates.
        fastest_at_edge, lowest_at_edge: whether a better learning rate may lie outside the widened grid.
    """

    summary: pd.DataFrame
    rates: pd.DataFrame
    fastest: float
    lowest: float
    fastest_at_edge: bool
    lowest_at_edge: bool


@dataclass(frozen=True)
class BatchCell:
    """A cell with its budgets in samples."""

    cell: Cell
    budget: BatchBudget

    @property
    def batch(self) -> int:
        """Samples per step."""
        return self.cell.problem.batch_size or self.cell.problem.size

    @property
    def share(self) -> float:
        """Share of each budget that the profile (or ``steps``) leaves."""
        return self.cell.steps / self.cell.problem.steps

    def steps(self, epochs: float) -> int:
        """Number of steps in the profile's share of ``epochs``."""
        return steps_of(epochs * self.share, self.cell.problem.size, self.batch)

    @cached_property
    def race_steps(self) -> int:
        """Budget in steps of a descent to the target."""
        return max(self.steps(self.budget.epochs), round(self.budget.least_steps * self.share), 1)

    def run(
        self, split: Split, rates: np.ndarray, count: int, steps: int, purpose: str
    ) -> tuple[DescentResult, pd.DataFrame]:
        """Descend for ``steps``; the rows of ``summary`` hold the ``purpose`` and when the target was reached.

        Further columns: ``hitting_time`` (steps to the target, interpolated between two evaluations in the logarithm
        of the objective; inf: never), ``accuracy_at_target`` (on the validation part, at the evaluation that first
        met the target), ``first_epoch`` (objective after one epoch), ``at_epochs`` (tuning metric after the budget's
        epochs; inf: diverged), ``rises`` (share of evaluations in the second half that are higher than the
        evaluation before).
        """
        evaluated = replace(
            self.cell,
            steps=steps,
            evaluate_every=self.cell.evaluate_every or max(1, self.cell.epoch // self.budget.evaluations_per_epoch),
        )
        descent, summary = descend(evaluated, split, rates, count)
        return descent, summary.assign(batch=self.batch, purpose=purpose, **self._by_samples(descent))

    def _by_samples(self, descent: DescentResult) -> dict[str, np.ndarray]:
        problem = self.cell.problem
        series = descent.series[objective(descent)]
        steps, values = series.steps.numpy(), series.values.numpy().astype(np.float64)
        known = getattr(problem, "minimum", None)
        floor = known.value if known else 0.0
        target = np.nan if problem.target is None else problem.target
        hitting_time, first = hitting_times(steps, values - floor, target - floor, self.budget.confirmations)
        accuracy = descent.series.get("valid_accuracy")
        diverged = (descent.status == Status.DIVERGED).numpy()
        second_half = values[len(values) // 2 :]
        with np.errstate(invalid="ignore"):
            rises = (
                (np.diff(second_half, axis=0) > 0).mean(0) if len(second_half) > 1 else np.full(len(diverged), np.nan)
            )
        metric = descent.series[problem.tuning_metric]
        ends = metric.values.numpy()[_index_at(metric.steps.numpy(), self.steps(self.budget.epochs))]
        rows = np.arange(len(diverged))
        return {
            "hitting_time": hitting_time,
            "accuracy_at_target": (
                np.full(len(rows), np.nan)
                if accuracy is None
                else np.where(np.isfinite(hitting_time), accuracy.values.numpy()[first, rows], np.nan)
            ),
            "first_epoch": np.nan_to_num(values[_index_at(steps, self.cell.epoch)], nan=np.inf),
            "at_epochs": np.where(diverged | np.isnan(ends), np.inf, ends),
            "rises": np.where(diverged, np.nan, rises),
        }

    def tune(self) -> BatchTuningResult:
        """Both learning rates, from the same replicates; the grid is widened where either lies on its edge."""
        tuning = self.cell.tuning
        candidates = fresh = tuning.grid()
        parts: list[pd.DataFrame] = []
        for widening in range(tuning.widenings + 1):
            parts.append(self.run("tuning", fresh, tuning.seeds, self.race_steps, "tuning")[1])
            summary = pd.concat(parts, ignore_index=True)
            end, steps = (_medians(summary, name) for name in ("at_epochs", "hitting_time"))
            lowest, fastest = best_candidate(end, steps), best_candidate(steps, end)
            beyond = [tuning.beyond(candidates, best) for best in (fastest, lowest)]
            fresh = np.unique(np.concatenate(beyond))
            if widening == tuning.widenings or not len(fresh):
                break
            candidates = np.sort(np.concatenate([candidates, fresh]))
        rates = rates_table(summary)
        place = np.arange(len(rates))
        rates = rates.assign(chosen=place == lowest, steps=steps, fastest=place == fastest, batch=self.batch)
        edges = [bool(len(each)) for each in beyond]
        return BatchTuningResult(summary, rates, float(candidates[fastest]), float(candidates[lowest]), *edges)


def hitting_times(
    steps: np.ndarray, values: np.ndarray, target: float, confirmations: int
) -> tuple[np.ndarray, np.ndarray]:
    """Steps until each column reaches ``target``, by a straight line in its logarithm between two evaluations.

    A noisy loss may touch the target by chance, at a learning rate at which the loss never stays there; the target
    counts as reached only after ``confirmations``.

    Args:
        steps: steps of the evaluations, shape (K,).
        values: positive until they reach the target, shape (K, R).
        target: above 0; NaN where there is none.
        confirmations: successive evaluations that have to be at or below the target.

    Returns:
        Steps (R,), inf where the target was never reached; and the index of the first confirmed evaluation, (R,).
    """
    below = np.zeros((len(values) + 1, values.shape[1]), dtype=np.int64)
    below[1:] = np.cumsum(values <= target, axis=0)
    stays = (
        below[confirmations:] - below[:-confirmations] == confirmations
        if len(values) >= confirmations
        else np.zeros((1, values.shape[1]), dtype=bool)
    )
    first = stays.argmax(axis=0)
    columns = np.arange(values.shape[1])
    before = np.maximum(first - 1, 0)
    tiny = np.finfo(np.float64).tiny
    upper, lower = (np.log(np.maximum(values[index, columns], tiny)) for index in (before, first))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(first > 0, (upper - np.log(target)) / (upper - lower), 0.0)
    return np.where(stays.any(axis=0), steps[before] + share * (steps[first] - steps[before]), np.inf), first


def _index_at(steps: np.ndarray, step: int) -> int:
    """Index of the first evaluation at or after ``step``, or of the last evaluation."""
    return min(int(np.searchsorted(steps, step)), len(steps) - 1)


def _medians(summary: pd.DataFrame, column: str) -> np.ndarray:
    """Medians of ``column`` over seeds, one per learning rate, ascending in it."""
    groups = summary.groupby("learning_rate")[column]
    return np.array([float(quantiles(each.to_numpy(), (0.5,))[0]) for _, each in groups])


def rates_table(summary: pd.DataFrame) -> pd.DataFrame:
    """The ``rates`` table by the tuning metric after equal epochs, before any learning rate is chosen."""
    rows = []
    for rate, group in summary.groupby("learning_rate"):
        diverged = (group["status"] == Status.DIVERGED.label).mean()
        rows.append((rate, *quantiles(group["at_epochs"].to_numpy()), diverged, False))
    return pd.DataFrame(rows, columns=list(RATES))
