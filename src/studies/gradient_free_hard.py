"""Do evolutionary methods depend less on their start, and cope better where gradients are noisy or nought?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch

from src.core.checks import check_count, check_number
from src.core.problem import Problem
from src.core.search import SearchMethod, Solver
from src.core.streams import seeds
from src.engine.search import Trace
from src.problems.dimensions import in_dimensions
from src.problems.landscape import Landscape
from src.studies.claims import VERDICTS, Claim, check_kinds, verdicts_table
from src.studies.hard_tables import (
    CONDITIONS,
    KINDS,
    NOISY,
    SMOOTH,
    WORST,
    Rivals,
    conditions_table,
    hard_answer,
    settled,
    start_effects_table,
)
from src.studies.search_runs import RateTuning, charges, curves_table, lowest, scale_of, searcher_on, tuned
from src.studies.search_tables import joined
from src.studies.searched import end_values, landscape_of, method_of
from src.studies.spoilt import Cusped, Rounded, Stepped
from src.studies.study import Cell, Measured, Study, Tables


@dataclass(frozen=True, kw_only=True)
class GradientFreeHard(Study):
    """One search method on one landscape: as it is, noisy, stepped, rounded, cusped; and from several starts.

    The cell's ``steps`` are evaluations per dimension; a gradient is charged as one evaluation more. Gaps are those
    of the landscape as it is, at the best point found, in units of its median gap at uniform points.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        reading: how to read the answer.
        dimension: coordinates of every landscape, at least 2.
        noise: standard deviation of the noise on values and on each coordinate of gradients, in those units.
        step: height of the steps of values, in those units.
        rounding: pitch of the grid of points, in edges of the box.
        precision: gap that counts as solved, in those units; smaller ones count as it.
        starts: starts whose effect is measured, at least 2.
        repeats: searches from each of them, each with its own stream, at least 2.
        tuning: how the rate of gradient descent is chosen, for each landscape and condition.
        solver_seeds: seeds of a library's method, which is run one seed at a time; it repeats half as often.
        rivals: who is compared with whom.
        claims: by name, one of ``hard_tables.KINDS``.
    """

    name: str
    question: str
    reading: str
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

    def __post_init__(self) -> None:
        for field in ("dimension", "starts", "repeats"):
            check_count(self, field, at_least=2)
        check_count(self, "solver_seeds")
        for field in ("noise", "step", "rounding", "precision"):
            check_number(self, field, above=0)
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Measured:
        """Search under every condition, and from several starts."""
        method = method_of(self, cell)
        landscape = in_dimensions(landscape_of(self, cell), self.dimension)
        count = min(cell.seeds, self.solver_seeds) if isinstance(method, Solver) else cell.seeds
        frames = []
        for condition, problem in self._problems(landscape).items():
            noise = self.noise * scale_of(landscape) if condition == NOISY else 0.0
            numbers = np.arange(count)
            trace = self._searched(cell, method, problem, landscape, numbers, numbers, noise)
            found = {"condition": condition, "seed": numbers, "gap": self._gaps(trace, landscape)}
            frames.append(pd.DataFrame(found))
            if condition == SMOOTH:
                smooth = trace
        starts = self._starts(cell, method, landscape)
        outcomes = pd.concat(frames, ignore_index=True)
        best, each = smooth.best.numpy(), charges(method, self.dimension)[0].each
        reached = best <= lowest(landscape) + landscape.tolerance
        times = np.where(reached.any(axis=1), (reached.argmax(axis=1) + 1.0) * each, np.nan)
        metrics, missing = end_values(best[:, -1], times, landscape.target)
        for name, rows in outcomes.groupby("condition"):
            metrics[f"solved_{name}"] = float((rows["gap"] <= self.precision).mean())
        about = {
            **cell.names,
            "study": self.name,
            "seeds": count,
            "evaluations": cell.steps * self.dimension,
            "dimension": self.dimension,
            "minimum": lowest(landscape),
            "target": landscape.target,
            "step_unit": "evaluations",
        }
        tables: Tables = {"outcomes": outcomes, "starts": starts, "curves": curves_table(best, each)}
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def _problems(self, landscape: Landscape) -> dict[str, Problem]:
        """What is searched under each condition."""
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
    ) -> Trace:
        """Rows that begin at the starts of the seeds ``starts`` (R,) and draw from the streams ``streams`` (R,)."""
        budget = cell.steps * self.dimension
        plain = searcher_on(problem, landscape.box(), method, budget)
        searcher = tuned(replace(plain, observation_noise=noise), cell, landscape, self.tuning)
        points = cell.start.draw(landscape, seeds(int(starts.max()) + 1, "test", cell.root))
        of = seeds(int(streams.max()) + 1, "test", cell.root)
        return searcher.run(points[torch.from_numpy(starts)], [of[number] for number in streams])

    def _starts(self, cell: Cell, method: SearchMethod, landscape: Landscape) -> pd.DataFrame:
        """One row a start and repeat: the gap in decades, on the landscape as it is."""
        repeats = max(2, self.repeats // 2) if isinstance(method, Solver) else self.repeats
        start = np.repeat(np.arange(self.starts), repeats)
        trace = self._searched(cell, method, landscape, landscape, start, np.arange(len(start)), 0.0)
        gaps = self._gaps(trace, landscape).clip(self.precision, WORST)
        repeat = np.tile(np.arange(repeats), self.starts)
        return pd.DataFrame({"start": start, "repeat": repeat, "decades": np.log10(gaps)})

    def _gaps(self, trace: Trace, landscape: Landscape) -> np.ndarray:
        """The landscape's own gap at each row's best point, in units of its scale; inf where nothing was found."""
        gaps = (landscape.value(trace.point) - lowest(landscape)).numpy() / scale_of(landscape)
        return np.where(np.isnan(gaps), np.inf, np.maximum(gaps, 0))

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """What gap each method leaves under each condition, what its start does, and the claims."""
        outcomes, starts = joined(cells, "outcomes"), joined(cells, "starts")
        contests = settled(
            self.claims, self.rivals, outcomes.assign(dimension=self.dimension), starts, self.precision
        )
        tables: Tables = {
            "conditions": conditions_table(outcomes, self.precision, self.rivals),
            "start_effects": start_effects_table(starts, self.rivals),
            "contests": pd.DataFrame(contests),
            "verdicts": verdicts_table([{key: row[key] for key in VERDICTS} for row in contests]),
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
        return Measured(tables=tables, metrics={}, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """Gaps under each condition, the effect of the start, and the verdicts."""
        return hard_answer(self.question, gathered.tables)
