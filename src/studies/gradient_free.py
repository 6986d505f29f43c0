"""Which gradient-free method to use, and does it do better than gradients with restarts?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import check_count, refuse
from src.core.search import SearchMethod
from src.problems.dimensions import in_dimensions
from src.problems.landscape import Landscape
from src.problems.planar import PlanarLandscape
from src.studies.claims import VERDICTS, Claim, check_kinds, verdicts_table
from src.studies.search_answer import answer_tables
from src.studies.search_contests import KINDS, Sides, contests_table
from src.studies.search_runs import (
    RateTuning,
    charges,
    curves_table,
    lowest,
    outcomes_table,
    rate_of,
    searcher_on,
    times_table,
    tuned,
)
from src.studies.search_tables import joined, profiles_table, running_times_table
from src.studies.searched import end_values, landscape_of, method_of, search
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
    """One search method on one landscape, in each of several numbers of dimensions where its formula allows it.

    The cell's ``steps`` are evaluations per dimension.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        reading: how to read the answer.
        dimensions: numbers of coordinates, each at least 2, ascending; a formula in two has those alone.
        precisions: gaps to the minimum, in units of the median gap at uniform points, that are the targets.
        tuning: how the rate of gradient descent is chosen, for each landscape and number of dimensions.
        limits: by name of a method that is dear to run, how many seeds and dimensions it gets at most.
        sides: who is compared with whom.
        claims: by name, one of the kinds that ``Sides.contests`` knows.
    """

    name: str
    question: str
    reading: str
    dimensions: Sequence[int]
    precisions: Sequence[float]
    tuning: RateTuning
    limits: dict[str, Limit]
    sides: Sides
    claims: dict[str, Claim]

    descends = False
    searches = True

    def __post_init__(self) -> None:
        whole = [isinstance(one, int) and one >= 2 for one in self.dimensions]
        if not whole or not all(whole) or list(self.dimensions) != sorted(set(self.dimensions)):
            raise refuse(self, "dimensions", self.dimensions, "whole numbers from 2 on, ascending")
        if not self.precisions or not all(one > 0 for one in self.precisions):
            raise refuse(self, "precisions", self.precisions, "numbers above 0")
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Measured:
        """Search the landscape in each number of dimensions."""
        method, landscape = method_of(self, cell), landscape_of(self, cell)
        limit = self.limits.get(cell.names["optimizer"], Limit(seeds=cell.seeds, dimensions=max(self.dimensions)))
        count = min(cell.seeds, limit.seeds)
        runs = [self._run(cell, method, one, count) for one in self._landscapes(landscape, limit.dimensions)]
        tables = {
            name: pd.concat([run[name] for run in runs], ignore_index=True)
            for name in ("outcomes", "times", "curves")
        }
        first = tables["outcomes"].query(f"dimension == {runs[0]['outcomes']['dimension'][0]}")
        first = first[first["cost"] == first["cost"].iloc[0]]
        metrics, missing = end_values(
            first["gap"].to_numpy() + lowest(landscape), first["time"].to_numpy(), landscape.target
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
            "minimum": lowest(landscape),
            "target": landscape.target,
            "step_unit": "evaluations",
        }
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def _landscapes(self, landscape: Landscape, most: int) -> list[Landscape]:
        if isinstance(landscape, PlanarLandscape):
            return [landscape]
        return [in_dimensions(landscape, one) for one in self.dimensions if one <= most]

    def _run(self, cell: Cell, method: SearchMethod, landscape: Landscape, count: int) -> Tables:
        """Tables of one number of dimensions."""
        budget = cell.steps * landscape.dimension
        plain = searcher_on(landscape, landscape.box(), method, budget)
        searcher = tuned(plain, cell, landscape, self.tuning)
        trace = search(searcher, replace(cell, problem=landscape), "test", count)
        best, used = trace.best.numpy(), trace.used.numpy()
        told = {"dimension": landscape.dimension, "tolerance": landscape.tolerance, "rate": rate_of(searcher.method)}
        outcomes = outcomes_table(best, used, landscape, method, budget)
        times = times_table(best, landscape, method, budget, np.array(self.precisions))
        metric = "loss" if landscape.dimension == self.dimensions[0] else f"loss_{landscape.dimension}d"
        curves = curves_table(best, charges(method, landscape.dimension)[0].each, metric)
        return {
            "outcomes": outcomes.assign(**told),
            "times": times.assign(dimension=landscape.dimension),
            "curves": curves,
        }

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Runtime profiles by dimension, what a success costs on each landscape, and the claims."""
        outcomes, times = joined(cells, "outcomes"), joined(cells, "times")
        evaluations = int(cells[0].about["evaluations"])
        contests = contests_table(self.claims, self.sides, outcomes)
        tables: Tables = {
            "runtime_profiles": profiles_table(times, evaluations),
            "running_times": running_times_table(outcomes, evaluations),
            "contests": pd.DataFrame(contests),
            "verdicts": verdicts_table([{key: row[key] for key in VERDICTS} for row in contests]),
        }
        about = {
            "study": self.name,
            "profile": cells[0].about["profile"],
            "seeds": max(cell.about["seeds"] for cell in cells),
            "evaluations": evaluations,
            "targets": len(self.precisions),
        }
        return Measured(tables=tables, metrics={}, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """Share of targets reached by each method in each dimension, and the verdicts."""
        return answer_tables(self.question, gathered.tables)
