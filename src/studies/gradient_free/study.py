"""Which gradient-free method to use, and does it do better than gradients with restarts?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import check_count, field_error
from src.core.problem import Problem
from src.core.result import Result, Tables
from src.core.search import SearchMethod
from src.engine.search import SearchResult
from src.problems.bit_string import BitString
from src.problems.dimensions import in_dimensions
from src.problems.landscape import Landscape
from src.protocol.claims import Claim
from src.protocol.search_cell import failure_report, landscape_of, method_of, search
from src.protocol.study import Cell, Study
from src.studies.gradient_free.answer import answer_tables
from src.studies.gradient_free.claims import verdicts
from src.studies.gradient_free.contests import Pairing, check_pairings
from src.studies.gradient_free.headline import headline_rows
from src.studies.gradient_free.runs import (
    RateTuning,
    Searched,
    charges,
    curves_table,
    learning_rate_of,
    minimum_value,
    outcomes_table,
    scale_of,
    searcher_on,
    times_table,
    tolerance_of,
    with_tuned_learning_rate,
)
from src.studies.gradient_free.tables import profiles_table, running_times_table
from src.studies.gradient_free.transformed import RelaxedBits
from src.studies.gradient_free.unknown_minimum import SCALES, records_table, scales_of, with_best_of_all
from src.tables.concat_tables import concat_tables
from src.tables.planar_tables import contours_table
from src.tables.population_table import population_table
from src.tables.search_summary import search_summary, stopping_metrics
from src.tables.search_tables import end_values


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Largest share of the study that an expensive method gets.

    Attributes:
        seeds: largest number of seeds, at least 1.
        dimensions: largest number of dimensions, at least 2.
    """

    seeds: int
    dimensions: int

    def __post_init__(self) -> None:
        check_count(self, "seeds")
        check_count(self, "dimensions", at_least=2)


@dataclass(frozen=True, kw_only=True)
class GradientFree(Study):
    """One search method on one problem, in each of several numbers of dimensions where it is a formula for any.

    The cell's ``steps`` are evaluations per dimension. A method that searches a box searches strings of bits too, by
    rounding. The ``summary`` table has one row per seed and number of dimensions. Where a problem's minimum is not
    known, targets are relative to the lowest value that any method of the sweep found.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: the question in one sentence.
        how_to_read: how to read the answer.
        dimensions: numbers of coordinates, each at least 2, ascending; a landscape of the plane
            has 2 alone, and a function of a user's own the number of its box.
        precisions: targets, as gaps to the minimum in units of the median gap at uniform points.
        tuning: how the rate of gradient descent is chosen, for each problem and number of dimensions.
        limits: by name of an expensive method, the most seeds and dimensions that the method gets.
        contests: for each claim, the methods that are compared.
        claims: claims by name.
    """

    name: str
    question: str
    how_to_read: str
    dimensions: Sequence[int]
    precisions: Sequence[float]
    tuning: RateTuning
    limits: dict[str, Limit]
    contests: dict[str, Pairing]
    claims: dict[str, Claim]

    descends = False
    searches = True
    budget_unit = "evaluations per dimension"

    def __post_init__(self) -> None:
        whole = [isinstance(one, int) and one >= 2 for one in self.dimensions]
        if not whole or not all(whole) or list(self.dimensions) != sorted(set(self.dimensions)):
            raise field_error(self, "dimensions", self.dimensions, "whole numbers from 2 on, ascending")
        if not self.precisions or not all(one > 0 for one in self.precisions):
            raise field_error(self, "precisions", self.precisions, "numbers above 0")
        check_pairings(self, self.claims, self.contests)

    def measure(self, cell: Cell) -> Result:
        """Search the landscape in each number of dimensions."""
        method, problem = method_of(self, cell), self._problem(cell)
        limit = self.limits.get(cell.names["search"], Limit(seeds=cell.seeds, dimensions=max(self.dimensions)))
        count = min(cell.seeds, limit.seeds)
        found = [self._run(cell, method, one, count) for one in self._grown(problem, limit.dimensions)]
        runs = [tables for tables, _ in found]
        tables: Tables = {
            name: pd.concat([run[name] for run in runs], ignore_index=True)
            for name in ("outcomes", "times", "records", "curves", "dimension_curves", "summary")
            if name in runs[0]
        }
        tables |= {name: runs[0][name] for name in ("population", "contours") if name in runs[0]}
        # End metrics and early-stopping statistics are of the problem's fewest dimensions, at the lower charge.
        metrics, missing = self._end_metrics(problem, runs)
        stopping, not_stopping = stopping_metrics(runs[0]["summary"], cell.stopping)
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": count,
            "evaluations": cell.steps,
            "dimensions": sorted({int(one) for one in tables["summary"]["dimension"]}),
            "metrics_of_dimension": int(runs[0]["summary"]["dimension"].iloc[0]),
            "best_learning_rate": metrics.get("best_learning_rate"),
            "minimum": problem.minimum.value if problem.minimum else None,
            "minimum_points": [list(point) for point in problem.minimum.points] if problem.minimum else [],
            "target": problem.target,
            "step_unit": "evaluations",
        }
        if problem.minimum is None:
            grown = self._grown(problem, limit.dimensions)
            about[SCALES] = [
                scales_of(one, method, cell.steps * one.dimension) for one in grown if isinstance(one, Landscape)
            ]
        result = Result(tables=tables, metrics=metrics | stopping, missing=missing | not_stopping, about=about)
        return failure_report(result, [trace for _, trace in found])

    def _end_metrics(self, problem: Searched, runs: Sequence[Tables]) -> tuple[dict[str, float], dict[str, str]]:
        """End metrics and for each missing one the reason; targets are known where the minimum is."""
        if problem.minimum is None:
            ends = runs[0]["summary"]["final_loss"].to_numpy()
            return end_values(ends, np.full(len(ends), np.nan), None)
        outcomes = runs[0]["outcomes"]
        first = outcomes[outcomes["gradient_charge"] == outcomes["gradient_charge"].iloc[0]]
        metrics, missing = end_values(
            first["gap"].to_numpy() + minimum_value(problem), first["time"].to_numpy(), problem.target
        )
        rate = float(first["learning_rate"].iloc[0])
        if np.isfinite(rate):
            metrics["best_learning_rate"] = rate
            del missing["best_learning_rate"]
        times = pd.concat([run["times"] for run in runs], ignore_index=True)
        reached = times.assign(reached=times["time"].notna())
        reached = reached[reached["gradient_charge"] == first["gradient_charge"].iloc[0]]
        for dimension, rows in reached.groupby("dimension"):
            metrics[f"targets_reached_{dimension}d"] = float(rows["reached"].mean())
        return metrics, missing

    def _problem(self, cell: Cell) -> Searched:
        return cell.problem if isinstance(cell.problem, BitString) else landscape_of(self, cell)

    def _grown(self, problem: Searched, most: int) -> list[Searched]:
        if isinstance(problem, BitString) or not problem.has_any_dimension:
            return [problem]
        return [in_dimensions(problem, one) for one in self.dimensions if one <= most]

    def _run(self, cell: Cell, method: SearchMethod, problem: Searched, count: int) -> tuple[Tables, SearchResult]:
        """Tables of one number of dimensions, and the search that they are of."""
        dimension, budget = problem.dimension, cell.steps * problem.dimension
        seen: Problem = problem
        if isinstance(problem, BitString) and method.domain == "box":
            seen = RelaxedBits(bits=problem)
        plain = searcher_on(seen, problem.box(), method, budget)
        targeted = plain
        if problem.minimum is not None:
            finest = min(min(self.precisions) * scale_of(problem), tolerance_of(problem))
            targeted = replace(plain, target=minimum_value(problem) + finest)
        searcher = with_tuned_learning_rate(targeted, cell, problem, self.tuning)
        trace = search(searcher, replace(cell, problem=problem), "test", count)
        best, used = trace.best.numpy(), trace.used.numpy()
        own = isinstance(problem, BitString) or not problem.has_any_dimension
        first = own or dimension == self.dimensions[0]
        charge = charges(method, dimension)[0].evaluations
        curves = curves_table(best, charge, "loss" if first else f"loss_{dimension}d")
        grown = curves.drop(columns="metric").assign(dimension=dimension)
        tables = {"curves": curves, "dimension_curves": grown}
        if problem.minimum is None:
            tables["records"] = records_table(best, used, dimension)
        else:
            tables["outcomes"] = outcomes_table(best, used, problem, method, budget).assign(
                dimension=dimension,
                tolerance=tolerance_of(problem),
                learning_rate=learning_rate_of(searcher.method),
            )
            times = times_table(best, problem, method, budget, np.array(self.precisions))
            tables["times"] = times.assign(dimension=dimension)
        summary = search_summary(
            trace.best,
            trace.used,
            np.arange(count),
            cell.stopping,
            problem.target,
            charge=charge,
            last_target=searcher.target,
        )
        tables["summary"] = summary.assign(dimension=dimension)
        if trace.snapshots and dimension == 2:
            tables |= {"population": population_table(trace), "contours": contours_table(problem, *problem.box())}
        return tables, trace

    def gather(self, cells: Sequence[Result]) -> Result:
        """Runtime profiles by dimension, the cost of a success on each landscape, and the verdicts."""
        cells = with_best_of_all(cells, self.precisions)
        outcomes, times = concat_tables(cells, "outcomes"), concat_tables(cells, "times")
        evaluations = int(cells[0].about["evaluations"])
        settled = verdicts(self.claims, self.contests, outcomes)
        tables: Tables = {
            "runtime_profiles": profiles_table(times, evaluations),
            "running_times": running_times_table(outcomes, evaluations),
            "contests": settled.contests,
            "verdicts": settled.verdicts,
        }
        about = {
            "study": self.name,
            "question": self.question,
            "profile": cells[0].about["profile"],
            "seeds": max(cell.about["seeds"] for cell in cells),
            "evaluations": evaluations,
            "targets": len(self.precisions),
        }
        return Result(tables=tables, metrics={}, missing=settled.missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Largest share of targets reached, by any method and without gradients, and that of random search."""
        return headline_rows(gathered.tables["runtime_profiles"], gathered.tables["running_times"])

    def answer(self, gathered: Result) -> Tables:
        """Share of targets reached by each method in each dimension, and the verdicts."""
        return answer_tables(self.question, gathered.tables)
