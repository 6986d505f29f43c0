"""Which gradient-free method to use, and does it do better than gradients with restarts?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import check_count, refuse
from src.core.problem import Problem
from src.core.search import SearchMethod
from src.problems.bit_string import BitString
from src.problems.dimensions import in_dimensions
from src.problems.planar import PlanarLandscape
from src.studies.claims import VERDICTS, Claim, verdicts_table
from src.studies.plane import contours_table
from src.studies.populations import population_table
from src.studies.search_answer import answer_tables
from src.studies.search_contests import Pairing, check_pairings, contests_table
from src.studies.search_runs import (
    RateTuning,
    Searched,
    charges,
    curves_table,
    known,
    lowest,
    outcomes_table,
    rate_of,
    scale_of,
    searcher_on,
    times_table,
    tolerance_of,
    tuned,
)
from src.studies.search_tables import joined, profiles_table, running_times_table
from src.studies.searched import end_values, landscape_of, method_of, search
from src.studies.spoilt import Unit
from src.studies.study import Cell, Measured, Study, Tables


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What a method that is dear to run gets at most.

    Attributes:
        seeds: at least 1.
        dimensions: at least 2.
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
    rounding.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        reading: how to read the answer.
        dimensions: numbers of coordinates, each at least 2, ascending; a formula in two has those alone.
        precisions: gaps to the minimum, in units of the median gap at uniform points, that are the targets.
        tuning: how the rate of gradient descent is chosen, for each problem and number of dimensions.
        limits: by name of a method that is dear to run, how many seeds and dimensions it gets at most.
        contests: for each claim, who is compared with whom.
        claims: by name.
    """

    name: str
    question: str
    reading: str
    dimensions: Sequence[int]
    precisions: Sequence[float]
    tuning: RateTuning
    limits: dict[str, Limit]
    contests: dict[str, Pairing]
    claims: dict[str, Claim]

    descends = False
    searches = True

    def __post_init__(self) -> None:
        whole = [isinstance(one, int) and one >= 2 for one in self.dimensions]
        if not whole or not all(whole) or list(self.dimensions) != sorted(set(self.dimensions)):
            raise refuse(self, "dimensions", self.dimensions, "whole numbers from 2 on, ascending")
        if not self.precisions or not all(one > 0 for one in self.precisions):
            raise refuse(self, "precisions", self.precisions, "numbers above 0")
        check_pairings(self, self.claims, self.contests)

    def measure(self, cell: Cell) -> Measured:
        """Search the landscape in each number of dimensions."""
        method, problem = method_of(self, cell), self._problem(cell)
        limit = self.limits.get(cell.names["optimizer"], Limit(seeds=cell.seeds, dimensions=max(self.dimensions)))
        count = min(cell.seeds, limit.seeds)
        runs = [self._run(cell, method, one, count) for one in self._grown(problem, limit.dimensions)]
        tables = {
            name: pd.concat([run[name] for run in runs], ignore_index=True)
            for name in ("outcomes", "times", "curves", "dimension_curves")
        }
        tables |= {name: runs[0][name] for name in ("population", "contours") if name in runs[0]}
        first = tables["outcomes"].query(f"dimension == {runs[0]['outcomes']['dimension'][0]}")
        first = first[first["cost"] == first["cost"].iloc[0]]
        metrics, missing = end_values(
            first["gap"].to_numpy() + lowest(problem), first["time"].to_numpy(), problem.target
        )
        rate = float(first["rate"].iloc[0])
        if np.isfinite(rate):
            metrics["best_rate"] = rate
            del missing["best_rate"]
        reached = tables["times"].assign(reached=tables["times"]["time"].notna())
        for dimension, found in reached[reached["cost"] == first["cost"].iloc[0]].groupby("dimension"):
            metrics[f"targets_reached_{dimension}d"] = float(found["reached"].mean())
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": count,
            "evaluations": cell.steps,
            "dimensions": sorted({int(one) for one in tables["outcomes"]["dimension"]}),
            "best_rate": metrics.get("best_rate"),
            "minimum": lowest(problem),
            "minimum_points": [list(point) for point in known(problem).points],
            "target": problem.target,
            "step_unit": "evaluations",
        }
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def _problem(self, cell: Cell) -> Searched:
        return cell.problem if isinstance(cell.problem, BitString) else landscape_of(self, cell)

    def _grown(self, problem: Searched, most: int) -> list[Searched]:
        if isinstance(problem, PlanarLandscape | BitString):
            return [problem]
        return [in_dimensions(problem, one) for one in self.dimensions if one <= most]

    def _run(self, cell: Cell, method: SearchMethod, problem: Searched, count: int) -> Tables:
        """Tables of one number of dimensions."""
        dimension, budget = problem.dimension, cell.steps * problem.dimension
        seen: Problem = problem
        if isinstance(problem, BitString) and method.domain == "box":
            seen = Unit(bits=problem)
        plain = searcher_on(seen, problem.box(), method, budget)
        finest = min(min(self.precisions) * scale_of(problem), tolerance_of(problem))
        searcher = tuned(replace(plain, target=lowest(problem) + finest), cell, problem, self.tuning)
        trace = search(searcher, replace(cell, problem=problem), "test", count)
        best, used = trace.best.numpy(), trace.used.numpy()
        told = {"dimension": dimension, "tolerance": tolerance_of(problem), "rate": rate_of(searcher.method)}
        outcomes = outcomes_table(best, used, problem, method, budget).assign(**told)
        times = times_table(best, problem, method, budget, np.array(self.precisions)).assign(dimension=dimension)
        first = isinstance(problem, BitString) or dimension == self.dimensions[0]
        curves = curves_table(best, charges(method, dimension)[0].each, "loss" if first else f"loss_{dimension}d")
        grown = curves.drop(columns="metric").assign(dimension=dimension)
        tables = {"outcomes": outcomes, "times": times, "curves": curves, "dimension_curves": grown}
        if trace.snapshots and dimension == 2:
            tables |= {"population": population_table(trace), "contours": contours_table(problem, *problem.box())}
        return tables

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Runtime profiles by dimension, what a success costs on each landscape, and the claims."""
        outcomes, times = joined(cells, "outcomes"), joined(cells, "times")
        evaluations = int(cells[0].about["evaluations"])
        contests = contests_table(self.claims, self.contests, outcomes)
        tables: Tables = {
            "runtime_profiles": profiles_table(times, evaluations),
            "running_times": running_times_table(outcomes, evaluations),
            "contests": pd.DataFrame(contests),
            "verdicts": verdicts_table([{key: row[key] for key in VERDICTS} for row in contests]),
        }
        about = {
            "study": self.name,
            "question": self.question,
            "profile": cells[0].about["profile"],
            "seeds": max(cell.about["seeds"] for cell in cells),
            "evaluations": evaluations,
            "targets": len(self.precisions),
        }
        return Measured(tables=tables, metrics={}, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """Share of targets reached by each method in each dimension, and the verdicts."""
        return answer_tables(self.question, gathered.tables)
