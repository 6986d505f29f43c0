"""Which parameters of a genetic algorithm matter, per generation and per evaluation?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor

from src.core.checks import FieldError, check_count, check_number, field_error
from src.core.result import Result, Tables
from src.core.streams import SPLITS, Split
from src.engine.search import SearchLoop, SearchResult
from src.protocol.claims import Claim, check_kinds
from src.protocol.search_cell import failure_report, landscape_of, search
from src.protocol.study import Cell, Study
from src.search.genetic import Genetic
from src.studies.ga_parameters.answer import answer_tables, headline_rows
from src.studies.ga_parameters.claims import KINDS, verdicts
from src.studies.ga_parameters.effects import chosen_settings, effects_table, maps_table, populations_table
from src.tables.concat_tables import concat_tables
from src.tables.planar_tables import contours_table
from src.tables.population_table import population_table
from src.tables.quantiles import quantiles
from src.tables.search_summary import search_summary, stopping_metrics
from src.tables.search_tables import checkpoints, end_values, hitting_times, row_settings

TOGETHER = 5  # seeds whose whole traces are in memory at a time
SETTING = ["mutation_rate", "mutation_scale"]
LABELS = ("problem", "population", "crossover", "tolerance")  # columns that identify a cell


@dataclass(frozen=True, kw_only=True)
class GaParameters(Study):
    """A genetic algorithm at every mutation rate and scale, on one landscape with one population and crossover.

    The ``summary`` table has one row per test seed and setting.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: the question in one sentence.
        how_to_read: how to read the answer.
        generations: generations after which populations are compared, however much they cost.
        rates: mutation rates tried, each from 0 to 1.
        scales: mutation scales tried, in units of the box's edge, each above 0.
        textbook_rate: the textbook's mutation rate, from 0 to 1.
        textbook_step: the textbook's mutation step, in the landscape's own units; the study tries its scale too.
        tuning_seeds: seeds that choose the best setting; the test seeds then evaluate that setting.
        claims: claims by name, whose last part is one of ``claims.KINDS``.
    """

    name: str
    question: str
    how_to_read: str
    generations: int
    rates: tuple[float, ...]
    scales: tuple[float, ...]
    textbook_rate: float
    textbook_step: float
    tuning_seeds: int
    claims: dict[str, Claim]

    descends = False
    searches = True
    budget_unit = "evaluations"

    def __post_init__(self) -> None:
        check_count(self, "generations", at_least=2)
        check_count(self, "tuning_seeds")
        check_number(self, "textbook_rate", at_least=0, at_most=1)
        check_number(self, "textbook_step", above=0)
        for field, most in (("rates", 1.0), ("scales", np.inf)):
            values = getattr(self, field)
            if not values or not all(0 < value <= most for value in values):
                raise field_error(self, field, values, f"numbers above 0{' and at most 1' if most == 1 else ''}")
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Result:
        """Search at every setting, and tabulate the gap after as many generations and after as many evaluations."""
        problem = landscape_of(self, cell)
        method = cell.search
        if not isinstance(method, Genetic):
            raise field_error(self, "search", cell.names.get("search"), "a genetic algorithm")
        if problem.minimum is None or problem.target is None:
            raise field_error(self, "problem", cell.names["problem"], "a landscape whose minimum is known")
        lower, upper = problem.box()
        textbook = self.textbook_step / float((upper - lower).mean())
        scales = np.unique([*self.scales, textbook])
        settings, levels = row_settings({"mutation_rate": np.array(self.rates), "mutation_scale": scales})
        at = self._compared_at(cell, method)
        searcher = SearchLoop(problem=problem, method=method, lower=lower, upper=upper, budget=max(at.values()))
        frames, curves, summaries, traces = [], [], [], []
        for split, of, trace in self._traces(searcher, cell, settings):
            best = trace.best.numpy()
            traces.append(replace(trace, best=trace.best[:, -1:].clone()))
            times = hitting_times(best, problem.target)
            row: dict[str, Any] = {name: np.tile(values, len(of)) for name, values in levels.items()}
            row |= {"split": split, "seed": np.repeat(of, len(levels["mutation_rate"]))}
            for by, evaluations in at.items():
                gap = np.maximum(best[:, evaluations - 1] - problem.minimum.value, 0)
                found = {"by": by, "evaluations": evaluations, "gap": gap, "time": times}
                frames.append(pd.DataFrame(row | found))
            if split == "test":
                # Of every setting, over the budget of evaluations that all populations share.
                within, used = trace.best[:, : cell.steps], trace.used.clamp(max=cell.steps)
                summary = search_summary(within, used, row["seed"], cell.stopping, problem.target)
                summaries.append(summary.assign(**{name: row[name] for name in SETTING}))
                curves.append(
                    best[:, checkpoints(best.shape[1]) - 1].reshape(len(of), len(scales) * len(self.rates), -1)
                )
        outcomes = pd.concat(frames, ignore_index=True)
        outcomes["textbook"] = np.isclose(outcomes["mutation_scale"], textbook) & np.isclose(
            outcomes["mutation_rate"], self.textbook_rate
        )
        chosen = chosen_settings(outcomes, problem.tolerance)["evaluations"]
        judged = outcomes.query("split == 'test' and by == 'evaluations'").merge(pd.DataFrame([chosen]), on=SETTING)
        metrics, missing = end_values(
            judged["gap"].to_numpy() + problem.minimum.value, judged["time"].to_numpy(), problem.target
        )
        summary = pd.concat(summaries, ignore_index=True)
        # The end metrics are of the setting that the tuning seeds choose, and so are the early-stopping statistics.
        stopping, not_stopping = stopping_metrics(summary.merge(pd.DataFrame([chosen]), on=SETTING), cell.stopping)
        metrics, missing = metrics | stopping, missing | not_stopping
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "population": method.population,
            "crossover": method.crossover,
            "generations": self.generations,
            "evaluations": cell.steps,
            "tolerance": problem.tolerance,
            "textbook_rate": self.textbook_rate,
            "textbook_scale": textbook,
            "best_setting": chosen,
            "metrics_of_setting": "best_setting, after equal evaluations",
            "minimum": problem.minimum.value,
            "minimum_points": [list(point) for point in problem.minimum.points],
            "target": problem.target,
        }
        tables: Tables = {"summary": summary, "outcomes": outcomes, "maps": maps_table(outcomes, problem.tolerance)}
        tables["curves"] = _curves(np.concatenate(curves), levels, chosen, max(at.values()))
        if problem.dimension == 2:
            tables["contours"] = contours_table(problem, lower, upper)
            best_method = replace(
                method, mutation_rate=chosen["mutation_rate"], mutation_scale=chosen["mutation_scale"]
            )
            first = replace(searcher, method=best_method, budget=cell.steps, snapshots=True)
            tables["population"] = population_table(search(first, cell, "test", 1))
        return failure_report(Result(tables=tables, metrics=metrics, missing=missing, about=about), traces)

    def _compared_at(self, cell: Cell, method: Genetic) -> dict[str, int]:
        """Evaluations spent when populations are compared, by what is held equal."""
        brood = method.population - method.elites
        if cell.steps < method.population:
            raise FieldError(f"steps = {cell.steps}: must be at least search.population = {method.population}")
        return {"evaluations": cell.steps, "generations": method.population + (self.generations - 1) * brood}

    def _traces(
        self, searcher: SearchLoop, cell: Cell, settings: dict[str, Tensor]
    ) -> Iterator[tuple[Split, range, SearchResult]]:
        """Searches (S * L rows) of a few seeds at a time, as those of all seeds would fill the memory."""
        for split in SPLITS:
            count = cell.seeds if split == "test" else min(self.tuning_seeds, cell.seeds)
            for first in range(0, count, TOGETHER):
                of = range(first, min(first + TOGETHER, count))
                yield split, of, search(searcher, cell, split, len(of), settings, first)

    def gather(self, cells: Sequence[Result]) -> Result:
        """Outcomes of all cells, the effect of each parameter, and the verdicts."""
        outcomes = concat_tables(cells, "outcomes", LABELS)
        settled, missing = verdicts(self.claims, outcomes)
        tables: Tables = {
            "summary": concat_tables(cells, "summary", (*LABELS[:3], "method")),
            "maps": concat_tables(cells, "maps", LABELS),
            "curves": concat_tables(cells, "curves", LABELS),
            "parameter_effects": effects_table(outcomes),
            "populations": populations_table(outcomes),
            "verdicts": settled,
        }
        first = cells[0].about
        textbook = {str(cell.about["problem"]): cell.about["textbook_scale"] for cell in cells}
        about = {
            "study": self.name,
            **{key: first[key] for key in ("profile", "seeds", "generations", "evaluations", "textbook_rate")},
            "textbook_scale": textbook,
            "minimum": {str(cell.about["problem"]): cell.about["minimum"] for cell in cells},
            "tolerance": {str(cell.about["problem"]): cell.about["tolerance"] for cell in cells},
        }
        return Result(tables=tables, metrics={}, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Largest gains of a parameter's best level over its worst."""
        return headline_rows(gathered.tables["parameter_effects"])

    def answer(self, gathered: Result) -> Tables:
        """Effect of each parameter, and the verdicts."""
        return answer_tables(self.question, gathered.tables)


def _curves(best: np.ndarray, levels: dict[str, np.ndarray], setting: dict[str, float], budget: int) -> pd.DataFrame:
    """The best value so far over evaluations at the chosen setting, quantiles over the test seeds; from (S, L, K)."""
    at = np.flatnonzero(np.all([np.isclose(levels[name], setting[name]) for name in SETTING], axis=0))[0]
    low, middle, high = quantiles(best[:, at].T)
    steps = checkpoints(budget)
    return pd.DataFrame({"metric": "loss", "step": steps, "q25": low, "median": middle, "q75": high})
