"""Is there a best mutation rate for bits, and is it where theory says?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import field_error
from src.core.result import Result, Tables
from src.engine.search import SearchLoop
from src.problems.leading_ones import LeadingOnes
from src.problems.one_max import OneMax
from src.protocol.claims import Claim, check_kinds
from src.protocol.search_cell import search
from src.protocol.study import Cell, Study
from src.search.one_plus_one_ea import OnePlusOneEa
from src.statistics.bit_flips import EXACT
from src.statistics.intervals import Array, percentile_interval, resamples
from src.studies.ga_mutation_rate.claims import KINDS, verdicts
from src.studies.ga_mutation_rate.optimum import optimum, times_matrix
from src.tables.concat_tables import concat_tables
from src.tables.quantiles import quantiles
from src.tables.search_summary import search_summary, stopping_metrics
from src.tables.search_tables import checkpoints, end_values, hitting_times, row_settings

THEORY = {OneMax: "onemax", LeadingOnes: "leading_ones"}


@dataclass(frozen=True, kw_only=True)
class GaMutationRate(Study):
    """The (1+1) evolutionary algorithm at many mutation rates on one problem of bits that has an exact theory.

    The ``summary`` table has one row per seed and rate.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: the question in one sentence.
        how_to_read: how to read the answer.
        flips: expected numbers of flipped bits that are tried, c in a rate of c / n; at least five, rising, above 0.
        claims: claims by name; the last part of the name is one of ``KINDS``.
    """

    name: str
    question: str
    how_to_read: str
    flips: tuple[float, ...]
    claims: dict[str, Claim]

    descends = False
    searches = True
    budget_unit = "evaluations"
    of_all_seeds = ("curves", "flips")

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in zip(self.flips, self.flips[1:], strict=False))
        if len(self.flips) < 5 or not rising or not self.flips[0] > 0:
            raise field_error(self, "flips", self.flips, "at least five numbers above 0, rising")
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Result:
        """Search at every rate until the last bit is right."""
        problem, method = cell.problem, cell.search
        if not isinstance(problem, OneMax | LeadingOnes):
            raise field_error(self, "problem", cell.names["problem"], "onemax or leading_ones, whose theory is known")
        if not isinstance(method, OnePlusOneEa):
            raise field_error(self, "search", cell.names.get("search"), "one_plus_one_ea, whose theory is known")
        lower, upper = problem.box()
        searcher = SearchLoop(
            problem=problem, method=method, lower=lower, upper=upper, budget=cell.steps, target=problem.target
        )
        settings, levels = row_settings({"flips": np.array(self.flips)})
        trace = search(searcher, cell, "test", cell.seeds, settings)
        best = trace.best.numpy()
        times = hitting_times(best, problem.target or 0.0).reshape(cell.seeds, -1)
        at = checkpoints(cell.steps)
        own = int(np.abs(np.array(self.flips) - method.flips).argmin())
        low, middle, high = quantiles(best.reshape(cell.seeds, len(self.flips), -1)[:, own, at - 1].T)
        metrics, missing = end_values(best[own :: len(self.flips), -1], times[:, own], problem.target)
        numbers = cell.first_seed + np.repeat(np.arange(cell.seeds), len(self.flips))
        summary = search_summary(
            trace.best, trace.used, numbers, cell.stopping, problem.target, last_target=problem.target
        )
        summary["flips"] = np.tile(levels["flips"], cell.seeds)
        # End metrics and early-stopping statistics are of the rate that is nearest to the search's own.
        stopping, not_stopping = stopping_metrics(summary.iloc[own :: len(self.flips)], cell.stopping)
        metrics, missing = metrics | stopping, missing | not_stopping
        tables: Tables = {
            "summary": summary,
            "times": self._times(times, cell.first_seed),
            "curves": pd.DataFrame({"metric": "loss", "step": at, "q25": low, "median": middle, "q75": high}),
        }
        tables["flips"] = self._against_theory(times, THEORY[type(problem)], problem.dimension)
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "theory": THEORY[type(problem)],
            "bits": problem.dimension,
            "metrics_of_flips": self.flips[own],
            "minimum": 0.0,
            "target": problem.target,
        }
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def _times(self, times: Array, first: int) -> pd.DataFrame:
        """One row per seed and rate: evaluations until solved, NaN where the budget ended first; from (S, L).

        Row s is of the seed ``first`` + s.
        """
        count, levels = times.shape
        seed = first + np.repeat(np.arange(count), levels)
        return pd.DataFrame({"seed": seed, "flips": np.tile(self.flips, count), "time": times.ravel()})

    def _against_theory(self, times: Array, theory: str, bits: int) -> pd.DataFrame:
        """One row per rate: mean evaluations with a 95 % interval over seeds, and the expectation of theory."""
        means = times[resamples(len(times))].mean(axis=1)  # NaN where a seed never ended: no mean is known then
        low, high = percentile_interval(means.T)
        expected = [EXACT[theory](bits, flips / bits) for flips in self.flips]
        table = pd.DataFrame({"flips": self.flips, "mean": times.mean(axis=0), "low": low, "high": high})
        return table.assign(expected=expected, solved=np.isfinite(times).mean(axis=0))

    def over_all_seeds(self, joined: Result) -> Result:
        """``joined`` with the mean times of all its seeds."""
        flips = self._against_theory(times_matrix(joined), joined.about["theory"], joined.about["bits"])
        return replace(joined, tables=joined.tables | {"flips": flips})

    def gather(self, cells: Sequence[Result]) -> Result:
        """Times of all problems and sizes, the best rate measured and expected, and the verdicts."""
        labels = ("problem", "bits")
        optima = [
            {label: cell.about[label] for label in labels} | optimum(np.array(self.flips), cell) for cell in cells
        ]
        settled, missing = verdicts(self.claims, self.flips, cells)
        tables: Tables = {
            "summary": concat_tables(cells, "summary", ("problem", "bits", "method")),
            "flips": concat_tables(cells, "flips", labels),
            "optima": pd.DataFrame(optima),
            "verdicts": settled,
        }
        first = cells[0].about
        about = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"]}
        return Result(tables=tables, metrics={}, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """The fitted best numbers of flipped bits, the known ones first, of the longest strings first."""
        known = gathered.tables["optima"].assign(unknown=lambda rows: rows["optimum"].isna())
        ranked = known.sort_values(["unknown", "bits"], ascending=[True, False], kind="stable")
        quantity, unit = "best_expected_flips", "flipped bits"
        return [
            (
                quantity, row["optimum"], row["low"], row["high"], unit,
                f"{row['problem']}, {row['bits']} bits; theory {row['expected']:.3g}"
                + ("; some searches did not end within their budget" if row["unknown"] else ""),
            )
            for row in ranked.head(4).to_dict("records")
        ]  # fmt: skip

    def answer(self, gathered: Result) -> Tables:
        """The best rates, and the verdicts."""
        verdicts = gathered.tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
        return {self.question: gathered.tables["optima"], "Verdicts": verdicts}
