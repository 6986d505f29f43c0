"""Which search tunes an optimizer best when every evaluation is a training?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.checks import FieldError, check_count, field_error
from src.core.result import Result, Tables
from src.core.search import SearchMethod
from src.core.streams import Seed, Split, seeds
from src.engine.search import SearchLoop, SearchResult
from src.optimizers.momentum import Momentum
from src.protocol.claims import Claim, check_kinds
from src.protocol.search_cell import failure_report, method_of
from src.protocol.searched_problem import SearchedProblem
from src.protocol.study import Cell, Study
from src.studies.hyperparameter_search.claims import KINDS, verdicts
from src.studies.hyperparameter_search.tables import headline_rows, methods_table, progress_table
from src.studies.hyperparameter_search.training_cost import TrainingCost
from src.tables.concat_tables import concat_tables
from src.tables.quantiles import quantiles
from src.tables.search_summary import search_summary, stopping_metrics
from src.tables.search_tables import end_values

MAP = (25, 17)  # points of the map along rate and beta
JUDGED_ON = 5  # test seeds of the trainings with the hyperparameters that a search found


@dataclass(frozen=True, kw_only=True)
class HyperparameterSearch(Study):
    """One search method that tunes rate and beta of momentum on one learning task, within a few trainings.

    The ``summary`` table has one row per seed of the search; its steps are evaluations, each some trainings.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: the question in one sentence.
        how_to_read: how to read the answer.
        training_steps: steps of each training, at least 1.
        training_seeds: seeds of the trainings of each evaluation, at least 1; each search has its own.
        rates: lowest and highest rate, above 0.
        betas: lowest and highest beta, from 0 to below 1.
        claims: claims by name; the last part of the name is one of ``KINDS``.
    """

    name: str
    question: str
    how_to_read: str
    training_steps: int
    training_seeds: int
    rates: tuple[float, float]
    betas: tuple[float, float]
    claims: dict[str, Claim]

    searches = True
    shortened = ("training_steps",)
    budget_unit = "evaluations"

    def __post_init__(self) -> None:
        check_count(self, "training_steps")
        check_count(self, "training_seeds")
        if len(self.rates) != 2 or not 0 < self.rates[0] < self.rates[1]:
            raise field_error(self, "rates", self.rates, "two numbers above 0, the lower first")
        if len(self.betas) != 2 or not 0 <= self.betas[0] < self.betas[1] < 1:
            raise field_error(self, "betas", self.betas, "two numbers from 0 to below 1, the lower first")
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Result:
        """Search, then train again on test seeds with the hyperparameters that were found."""
        if not cell.problem.is_learning:
            raise field_error(self, "problem", cell.names["problem"], "a learning task")
        if not isinstance(cell.optimizer, Momentum):
            raise FieldError(f"optimizer = {type(cell.optimizer).__name__}: must be momentum, whose beta is tuned")
        method = method_of(self, cell)
        costs = self._costs(cell, "tuning", self.training_seeds)
        traces = [self._searched(cost, method, cell, one) for one, cost in enumerate(costs)]
        best, point, used = (
            torch.cat([getattr(each, name) for each in traces]) for name in ("best", "point", "used")
        )
        rate, beta = (each.numpy() for each in costs[0].hyperparameters(point))
        fresh = self._costs(cell, "test", JUDGED_ON)
        judged = np.array([float(cost.value(one)) for cost, one in zip(fresh, point, strict=True)])
        found = pd.DataFrame({"seed": range(cell.seeds), "learning_rate": rate, "beta": beta})
        found = found.assign(best=best[:, -1].numpy(), judged=judged, used=used.numpy())
        metrics, missing = end_values(10 ** best[:, -1].numpy(), np.full(cell.seeds, np.nan), None)
        # The search's own trace, in the unit of the end metrics; the rule also watches each training.
        summary = search_summary(10**best, used, np.arange(cell.seeds), cell.stopping, None)
        stopping, not_stopping = stopping_metrics(summary, cell.stopping)
        metrics, missing = metrics | stopping, missing | not_stopping
        metrics["judged_loss"] = float(10 ** np.median(judged))
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "evaluations": cell.steps,
            "training_steps": self.training_steps,
            "training_seeds": self.training_seeds,
            "rates": list(self.rates),
            "betas": list(self.betas),
        }
        rows = np.repeat(np.arange(cell.seeds), cell.steps)
        progress = pd.DataFrame({"seed": rows, "evaluation": np.tile(np.arange(1, cell.steps + 1), cell.seeds)})
        tables: Tables = {
            "summary": summary,
            "found": found,
            "progress": progress.assign(best=best.ravel().numpy()),
            "cost_map": _map(fresh[0]),
        }
        low, middle, high = quantiles(10 ** best.T.numpy())
        steps = np.arange(1, cell.steps + 1)
        tables["curves"] = pd.DataFrame({"metric": "loss", "step": steps, "q25": low, "median": middle, "q75": high})
        return failure_report(Result(tables=tables, metrics=metrics, missing=missing, about=about), traces)

    def searched_problem(self, cell: Cell, condition: str) -> SearchedProblem:
        """What the first seed's search minimizes; there are no conditions."""
        edges = torch.zeros(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)
        drawn = seeds(self.training_seeds, "tuning", cell.root_seed)
        return SearchedProblem(self._cost(cell, drawn), *edges, 0.0)

    def _searched(self, cost: TrainingCost, method: SearchMethod, cell: Cell, one: int) -> SearchResult:
        """The search of seed number ``one``."""
        drawn = seeds(cell.seeds, "test", cell.root_seed)[one]
        start = torch.from_numpy(drawn.generator("start").random(2))[None]
        lower, upper = torch.zeros(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)
        return SearchLoop(problem=cost, method=method, lower=lower, upper=upper, budget=cell.steps).run(
            start, [drawn]
        )

    def _costs(self, cell: Cell, split: Split, count: int) -> list[TrainingCost]:
        """What each search minimizes, or is judged by: trainings with ``count`` seeds that no other search has."""
        drawn = seeds(count * cell.seeds, split, cell.root_seed)
        return [self._cost(cell, drawn[first : first + count]) for first in range(0, len(drawn), count)]

    def _cost(self, cell: Cell, drawn: Sequence[Seed]) -> TrainingCost:
        return TrainingCost(
            task=cell.problem,
            schedule=cell.schedule,
            stopping=cell.stopping,
            training_steps=self.training_steps,
            starts=cell.start.draw(cell.problem, drawn),
            seeds=drawn,
            rates=(self.rates[0], self.rates[1]),
            betas=(self.betas[0], self.betas[1]),
        )

    def gather(self, cells: Sequence[Result]) -> Result:
        """Progress of all methods with quartiles, the hyperparameters that they found, and the verdicts."""
        progress = concat_tables(cells, "progress")
        tables: Tables = {"found": concat_tables(cells, "found")}
        maps = concat_tables(cells, "cost_map", ("problem",))
        tables["cost_map"] = maps.drop_duplicates(["problem", "learning_rate", "beta"])
        tables["search_progress"] = progress_table(progress)
        tables["methods"] = methods_table(tables["found"])
        tables["verdicts"], missing = verdicts(self.claims, progress, tables["found"])
        first = cells[0].about
        kept = ("profile", "seeds", "evaluations", "training_steps", "training_seeds", "rates", "betas")
        return Result(
            tables=tables,
            metrics={},
            missing=missing,
            about={"study": self.name, **{key: first[key] for key in kept}},
        )

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Difference of Bayesian optimization to random search, and the loss that the best method found."""
        return headline_rows(gathered.tables)

    def answer(self, gathered: Result) -> Tables:
        """The loss and hyperparameters that each method found, and the verdicts."""
        verdicts = gathered.tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
        return {self.question: gathered.tables["methods"], "Verdicts": verdicts}


def _map(cost: TrainingCost) -> pd.DataFrame:
    """The cost of a training on a lattice of rates and betas."""
    across, along = (torch.linspace(0, 1, count, dtype=torch.float64) for count in MAP)
    points = torch.cartesian_prod(across, along)
    rate, beta = cost.hyperparameters(points)
    return pd.DataFrame({"learning_rate": rate.numpy(), "beta": beta.numpy(), "cost": cost.value(points).numpy()})
