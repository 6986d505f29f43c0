"""Comparison of search methods as their yamls have them: as ``Comparison``, for methods that are not tuned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isqrt
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import FieldError
from src.core.problem import Problem
from src.core.result import Result, Tables
from src.core.search import SearchMethod
from src.engine.search import SearchLoop
from src.problems.bit_string import BitString
from src.problems.landscape import Landscape
from src.protocol.comparison import Comparison
from src.protocol.search_cell import evaluations_per_call, failure_report, method_of, search
from src.protocol.study import Cell
from src.tables.best_points import best_points_table, point_in_words
from src.tables.concat_tables import concat_tables
from src.tables.planar_tables import GRID, contours_table
from src.tables.population_table import population_table
from src.tables.quantiles import quantiles
from src.tables.search_summary import search_summary, stopping_metrics
from src.tables.search_tables import checkpoints, end_values

EVALUATIONS_PER_DIMENSION = 500  # budget on a landscape whose own budget is in steps of a descent
GRID_SHARE = 10  # a function of a user's own is evaluated for its contours at most once per so many of the search's


@dataclass(frozen=True, kw_only=True)
class SearchComparison(Comparison):
    """Runs each search method from the test seeds' starts over the whole budget, and ranks the methods.

    The cell's ``steps`` are evaluations. An evaluation with its gradient costs two, as a backward pass does. Fields
    are those of ``Comparison``.
    """

    descends = False
    searches = True
    budget_unit = "evaluations"
    of_all_seeds = ("curves", "population")

    def check_parts(self, problem: Problem, search: SearchMethod | None) -> None:
        """Raise FieldError unless the problem has a box or bits, and the method is one for such a problem."""
        super().check_parts(problem, search)
        name, method = type(problem).__name__, type(search).__name__
        if not isinstance(problem, Landscape | BitString):
            raise FieldError(
                f"problem = {name}: must have a box to search, as landscapes have; "
                "+study=gradient_free_network searches the weights of a network"
            )
        if search is not None and search.domain != problem.domain:
            raise FieldError(f"search = {method}: must be a method for {problem.domain}, as {name} has them")
        if search is not None and search.needs_gradient and not problem.is_differentiable:
            raise FieldError(f"search = {method}: must be a method without gradients, since {name} has none")

    def budget(self, problem: Problem) -> int:
        """The problem's own where its budget is in evaluations already; else so many per dimension."""
        return EVALUATIONS_PER_DIMENSION * problem.dimension if problem.is_differentiable else problem.steps

    def measure(self, cell: Cell) -> Result:
        """Search from every test seed's start."""
        method, problem = method_of(self, cell), cell.problem
        assert isinstance(problem, Landscape | BitString)  # as check_parts has it
        lower, upper = problem.box()
        charge = evaluations_per_call(method)
        searcher = SearchLoop(
            problem=problem,
            method=method,
            lower=lower,
            upper=upper,
            budget=max(1, cell.steps // charge),
            snapshots=problem.dimension == 2,
        )
        trace = search(searcher, cell, "test", cell.seeds)
        summary = search_summary(
            trace.best,
            trace.used,
            cell.first_seed + np.arange(cell.seeds),
            cell.stopping,
            problem.target,
            charge=charge,
        )
        summary = summary.assign(score=summary["final_loss"])
        at = checkpoints(trace.best.shape[1])
        low, middle, high = quantiles(trace.best.numpy()[:, at - 1].T)
        curves = pd.DataFrame({"metric": "loss", "step": at * charge, "q25": low, "median": middle, "q75": high})
        tables: Tables = {
            "summary": summary,
            "curves": curves.replace([np.inf, -np.inf], np.nan),
            "best_points": best_points_table(trace, cell.first_seed),
        }
        if trace.snapshots and (side := self._grid_side(cell)) > 1:
            tables |= {"population": population_table(trace), "contours": contours_table(problem, lower, upper, side)}
        metrics, missing = end_values(
            summary["final_loss"].to_numpy(), summary["steps_to_target"].to_numpy(), problem.target
        )
        stopping, not_stopping = stopping_metrics(summary, cell.stopping)
        known = problem.minimum
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "step_unit": "evaluations",
            "best_learning_rate": None,
            "learning_rate_at_edge": False,
            "minimum": known.value if known else None,
            "minimum_points": [list(point) for point in known.points] if known else None,
            "target": problem.target,
            "tuning_metric": problem.tuning_metric,
            "test_metric": problem.test_metric,
        }
        result = Result(tables=tables, metrics=metrics | stopping, missing=missing | not_stopping, about=about)
        return failure_report(result, [trace])

    def _grid_side(self, cell: Cell) -> int:
        """Points per side of the contours' grid: few where the function is a user's own, which may be expensive."""
        return GRID if cell.problem.is_differentiable else min(GRID, isqrt(cell.seeds * cell.steps // GRID_SHARE))

    def gather(self, cells: Sequence[Result]) -> Result:
        """Rank the methods on each problem and over all problems, with the best points that each found."""
        gathered = super().gather(cells)
        points = concat_tables(cells, "best_points")
        about = gathered.about | {
            "step_unit": "evaluations",
            "tuned": False,
            "tau_label": "factor τ to the fewest expected evaluations to the target",
        }
        return replace(gathered, tables=gathered.tables | {"best_points": points}, about=about)

    def answer(self, gathered: Result) -> Tables:
        """The ranking as in ``Comparison``, and the best point that each method found on each problem."""
        shown = super().answer(gathered)
        first = shown[self.question].drop(columns=["best_learning_rate", "learning_rate"], errors="ignore")
        shown[self.question] = first.rename(columns={"expected steps": "expected evaluations"})
        points = gathered.tables["best_points"].dropna(subset="value")
        best = points.loc[points.groupby(["problem", "method"], sort=False)["value"].idxmin()]
        rows = best[["problem", "method", "value"]].assign(point=[point_in_words(row) for _, row in best.iterrows()])
        return shown | {"Best point that any seed found": rows}
