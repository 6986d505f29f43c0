"""Do evolutionary methods depend less on their start, and cope better where gradients are noisy or zero?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch

from src.core.checks import check_count, check_number
from src.core.problem import Problem
from src.core.result import Result, Tables
from src.core.search import SearchMethod, Solver
from src.core.streams import seeds
from src.engine.search import SearchResult
from src.problems.dimensions import in_dimensions
from src.problems.landscape import Landscape
from src.protocol.claims import Claim, check_kinds
from src.protocol.search_cell import failure_report, landscape_of, method_of
from src.protocol.searched_problem import SearchedProblem
from src.protocol.study import Cell, Study
from src.studies.gradient_free.claims import hard_verdicts
from src.studies.gradient_free.hard_tables import (
    CONDITIONS,
    KINDS,
    NOISY,
    SMOOTH,
    WORST,
    Rivals,
    conditions_table,
    hard_answer,
    start_effects_table,
)
from src.studies.gradient_free.headline import hard_headline_rows
from src.studies.gradient_free.runs import (
    RateTuning,
    charges,
    curves_table,
    minimum_value,
    scale_of,
    searcher_on,
    with_tuned_learning_rate,
)
from src.studies.gradient_free.transformed import Cusped, Rounded, Stepped
from src.tables.concat_tables import concat_tables
from src.tables.search_summary import search_summary, stopping_metrics
from src.tables.search_tables import end_values


@dataclass(frozen=True, kw_only=True)
class GradientFreeHard(Study):
    """One search method on one landscape: smooth, noisy, stepped, rounded, cusped; and from several starts.

    The cell's ``steps`` are evaluations per dimension; a gradient is charged as one evaluation more. Gaps are those
    of the smooth landscape, at the best point found, in units of its median gap at uniform points.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: the question in one sentence.
        how_to_read: how to read the answer.
        dimension: coordinates of every landscape, at least 2.
        noise: standard deviation of the noise on values and on each coordinate of gradients, in those units.
        step: height of the steps of values, in those units.
        rounding: pitch of the grid of points, in edges of the box.
        precision: gap that counts as solved, in units of the median gap; smaller gaps count as the precision.
        starts: number of starts whose effect is measured, at least 2.
        repeats: searches from each start, each with its own stream, at least 2.
        tuning: how the rate of gradient descent is chosen, for each landscape and condition.
        solver_seeds: seeds of a library's method, which runs one seed at a time and repeats half as often.
        rivals: methods that are compared.
        claims: claims by name, whose last part is one of ``hard_tables.KINDS``.
    """

    name: str
    question: str
    how_to_read: str
    dimension: int
    noise: float
    step: float
    rounding: float
    precision: float
    starts: int
    repeats: int
    tuning: RateTuning
    solver_seeds: int
    rivals: Rivals
    claims: dict[str, Claim]

    descends = False
    searches = True
    budget_unit = "evaluations per dimension"

    def __post_init__(self) -> None:
        for field in ("dimension", "starts", "repeats"):
            check_count(self, field, at_least=2)
        check_count(self, "solver_seeds")
        for field in ("noise", "step", "rounding", "precision"):
            check_number(self, field, above=0)
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Result:
        """Search under every condition, and from several starts."""
        method = method_of(self, cell)
        landscape = in_dimensions(landscape_of(self, cell), self.dimension)
        count = min(cell.seeds, self.solver_seeds) if isinstance(method, Solver) else cell.seeds
        frames, traces = [], []
        for condition, problem in self._problems(landscape).items():
            noise = self.noise * scale_of(landscape) if condition == NOISY else 0.0
            numbers = np.arange(count)
            trace = self._searched(cell, method, problem, landscape, numbers, numbers, noise)
            traces.append(trace)
            found = {"condition": condition, "seed": numbers, "gap": self._gaps(trace, landscape)}
            frames.append(pd.DataFrame(found))
            if condition == SMOOTH:
                smooth = trace
        starts = self._starts(cell, method, landscape)
        outcomes = pd.concat(frames, ignore_index=True)
        best, each = smooth.best.numpy(), charges(method, self.dimension)[0].evaluations
        reached = best <= minimum_value(landscape) + landscape.tolerance
        times = np.where(reached.any(axis=1), (reached.argmax(axis=1) + 1.0) * each, np.nan)
        metrics, missing = end_values(best[:, -1], times, landscape.target)
        # The summary and the early-stopping statistics are of the smooth landscape, as the end metrics are.
        summary = search_summary(
            smooth.best, smooth.used, np.arange(count), cell.stopping, landscape.target, charge=each
        )
        stopping, not_stopping = stopping_metrics(summary, cell.stopping)
        metrics, missing = metrics | stopping, missing | not_stopping
        for name, rows in outcomes.groupby("condition"):
            metrics[f"solved_{name}"] = float((rows["gap"] <= self.precision).mean())
        about = {
            **cell.names,
            "study": self.name,
            "seeds": count,
            "evaluations": cell.steps * self.dimension,
            "dimension": self.dimension,
            "metrics_of_condition": SMOOTH,
            "minimum": minimum_value(landscape),
            "target": landscape.target,
            "step_unit": "evaluations",
        }
        tables: Tables = {
            "summary": summary,
            "outcomes": outcomes,
            "starts": starts,
            "curves": curves_table(best, each),
        }
        return failure_report(Result(tables=tables, metrics=metrics, missing=missing, about=about), traces)

    def searched_problem(self, cell: Cell, condition: str) -> SearchedProblem:
        """The problem that a method sees under ``condition``, as table ``outcomes`` names it."""
        landscape = in_dimensions(landscape_of(self, cell), self.dimension)
        noise = self.noise * scale_of(landscape) if condition == NOISY else 0.0
        return SearchedProblem(self._problems(landscape)[condition], *landscape.box(), noise)

    def _problems(self, landscape: Landscape) -> dict[str, Problem]:
        """The problem that is searched under each condition."""
        scale = scale_of(landscape)
        found: Sequence[Problem] = (
            landscape,
            landscape,
            Stepped(landscape=landscape, grain=self.step * scale),
            Rounded(landscape=landscape, grain=self.rounding),
            Cusped(landscape=landscape, grain=scale),
        )
        return dict(zip(CONDITIONS, found, strict=True))

    def _searched(
        self,
        cell: Cell,
        method: SearchMethod,
        problem: Problem,
        landscape: Landscape,
        starts: np.ndarray,
        streams: np.ndarray,
        noise: float,
    ) -> SearchResult:
        """Search from the starts of the seeds ``starts`` (R,), with the random streams ``streams`` (R,)."""
        budget = cell.steps * self.dimension
        plain = searcher_on(problem, landscape.box(), method, budget)
        searcher = with_tuned_learning_rate(replace(plain, observation_noise=noise), cell, landscape, self.tuning)
        points = cell.start.draw(landscape, seeds(int(starts.max()) + 1, "test", cell.root_seed))
        of = seeds(int(streams.max()) + 1, "test", cell.root_seed)
        return searcher.run(points[torch.from_numpy(starts)], [of[number] for number in streams])

    def _starts(self, cell: Cell, method: SearchMethod, landscape: Landscape) -> pd.DataFrame:
        """One row per start and repeat: the gap in decades, on the smooth landscape."""
        repeats = max(2, self.repeats // 2) if isinstance(method, Solver) else self.repeats
        start = np.repeat(np.arange(self.starts), repeats)
        trace = self._searched(cell, method, landscape, landscape, start, np.arange(len(start)), 0.0)
        gaps = self._gaps(trace, landscape).clip(self.precision, WORST)
        repeat = np.tile(np.arange(repeats), self.starts)
        return pd.DataFrame({"start": start, "repeat": repeat, "decades": np.log10(gaps)})

    def _gaps(self, trace: SearchResult, landscape: Landscape) -> np.ndarray:
        """The landscape's own gap at each row's best point, in units of its scale; inf where nothing was found."""
        gaps = (landscape.value(trace.point) - minimum_value(landscape)).numpy() / scale_of(landscape)
        return np.where(np.isnan(gaps), np.inf, np.maximum(gaps, 0))

    def gather(self, cells: Sequence[Result]) -> Result:
        """The gap of each method under each condition, the effect of its start, and the verdicts."""
        outcomes, starts = concat_tables(cells, "outcomes"), concat_tables(cells, "starts")
        settled = hard_verdicts(
            self.claims, self.rivals, outcomes.assign(dimension=self.dimension), starts, self.precision
        )
        tables: Tables = {
            "conditions": conditions_table(outcomes, self.precision, self.rivals),
            "start_effects": start_effects_table(starts, self.rivals),
            "outcomes": outcomes,
            "contests": settled.contests,
            "verdicts": settled.verdicts,
        }
        first = cells[0].about
        about = {
            "study": self.name,
            "seeds": max(cell.about["seeds"] for cell in cells),
            "precision": self.precision,
            "starts": self.starts,
            "repeats": self.repeats,
            "landscapes": outcomes["problem"].nunique(),
            **{key: first[key] for key in ("profile", "evaluations", "dimension")},
        }
        return Result(tables=tables, metrics={}, missing=settled.missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Contests of the best evolutionary method with gradients: effect of the start, noise and steps."""
        return hard_headline_rows(gathered.tables)

    def answer(self, gathered: Result) -> Tables:
        """Gaps under each condition, the effect of the start, and the verdicts."""
        return hard_answer(self.question, gathered.tables)
