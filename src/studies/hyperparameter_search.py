"""Which search tunes an optimizer best when every evaluation is a training?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.checks import FieldError, check_count, refuse
from src.core.streams import seeds
from src.engine.search import Searcher
from src.optimizers.momentum import Momentum
from src.statistics.attempts import attempts
from src.statistics.effects import paired_difference
from src.statistics.intervals import Estimate, bootstrap_interval, median
from src.statistics.running_time import running_time_log_ratio
from src.studies.claims import Claim, check_kinds, verdicts_table
from src.studies.quantiles import quantiles
from src.studies.searched import end_values, method_of
from src.studies.study import Cell, Measured, Study, Tables
from src.studies.training_cost import TrainingCost

KINDS = ("random", "tpe", "cost")
MAP = (25, 17)  # points of the map along rate and beta
JUDGED_ON = 5  # fresh seeds on which the hyperparameters that were found are trained again
BAYESIAN, RANDOM = "bayesian", "random_search"


@dataclass(frozen=True, kw_only=True)
class HyperparameterSearch(Study):
    """One search method that tunes rate and beta of momentum on one learning task, within a few trainings.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        reading: how to read the answer.
        training_steps: steps of each training, at least 1.
        training_seeds: seeds that each evaluation trains, at least 1.
        rates: lowest and highest rate, above 0.
        betas: lowest and highest beta, from 0 to below 1.
        claims: by name; the last part of the name is one of ``KINDS``.
    """

    name: str
    question: str
    reading: str
    training_steps: int
    training_seeds: int
    rates: tuple[float, float]
    betas: tuple[float, float]
    claims: dict[str, Claim]

    searches = True

    def __post_init__(self) -> None:
        check_count(self, "training_steps")
        check_count(self, "training_seeds")
        if len(self.rates) != 2 or not 0 < self.rates[0] < self.rates[1]:
            raise refuse(self, "rates", self.rates, "two numbers above 0, the lower first")
        if len(self.betas) != 2 or not 0 <= self.betas[0] < self.betas[1] < 1:
            raise refuse(self, "betas", self.betas, "two numbers from 0 to below 1, the lower first")
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Measured:
        """Search, then train afresh with what was found."""
        if not cell.problem.is_learning:
            raise refuse(self, "problem", cell.names["problem"], "a learning task")
        if not isinstance(cell.optimizer, Momentum):
            raise FieldError(f"optimizer = {type(cell.optimizer).__name__}: must be momentum, whose beta is tuned")
        cost = self._cost(cell, "tuning", self.training_seeds)
        lower, upper = torch.zeros(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)
        searcher = Searcher(problem=cost, method=method_of(self, cell), lower=lower, upper=upper, budget=cell.steps)
        of = seeds(cell.seeds, "test", cell.root)
        start = np.stack([seed.generator("start").random(2) for seed in of])
        trace = searcher.run(torch.from_numpy(start), of)
        best = trace.best.numpy()
        rate, beta = (each.numpy() for each in cost.hyperparameters(trace.point))
        judged = self._cost(cell, "test", JUDGED_ON).value(trace.point).numpy()
        found = pd.DataFrame({"seed": range(cell.seeds), "rate": rate, "beta": beta})
        found = found.assign(best=best[:, -1], judged=judged, used=trace.used.numpy())
        metrics, missing = end_values(10 ** best[:, -1], np.full(cell.seeds, np.nan), None)
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
        tables: Tables = {"found": found, "progress": progress.assign(best=best.ravel()), "cost_map": _map(cost)}
        low, middle, high = quantiles(10**best.T)
        steps = np.arange(1, cell.steps + 1)
        tables["curves"] = pd.DataFrame({"metric": "loss", "step": steps, "q25": low, "median": middle, "q75": high})
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def _cost(self, cell: Cell, split: Any, count: int) -> TrainingCost:
        of = seeds(count, split, cell.root)
        return TrainingCost(
            task=cell.problem,
            schedule=cell.schedule,
            stopping=cell.stopping,
            training_steps=self.training_steps,
            starts=cell.start.draw(cell.problem, of),
            seeds=of,
            rates=(self.rates[0], self.rates[1]),
            betas=(self.betas[0], self.betas[1]),
        )

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """All methods' progress with intervals, what they found, and the claims."""
        tables: Tables = {
            name: pd.concat(
                [cell.tables[name].assign(problem=cell.about["problem"], optimizer=cell.about["optimizer"])
                 for cell in cells], ignore_index=True,
            )
            for name in ("found", "progress")
        }  # fmt: skip
        maps = [cell.tables["cost_map"].assign(problem=cell.about["problem"]) for cell in cells]
        tables["cost_map"] = pd.concat(maps, ignore_index=True).drop_duplicates(["problem", "rate", "beta"])
        tables["search_progress"] = _bands(tables.pop("progress"))
        tables["methods"] = _methods(tables["found"])
        tables["verdicts"] = verdicts_table(self._verdicts(cells))
        first = cells[0].about
        kept = ("profile", "seeds", "evaluations", "training_steps", "training_seeds", "rates", "betas")
        return Measured(tables=tables, metrics={}, about={"study": self.name, **{key: first[key] for key in kept}})

    def _verdicts(self, cells: Sequence[Measured]) -> list[dict[str, object]]:
        rows = []
        for problem in dict.fromkeys(str(cell.about["problem"]) for cell in cells):
            best = {
                str(cell.about["optimizer"]): cell.tables["progress"].pivot_table(
                    index="seed", columns="evaluation", values="best"
                )
                for cell in cells
                if cell.about["problem"] == problem
            }
            for name, claim in self.claims.items():
                kind = name.rpartition(".")[2]
                other = RANDOM if kind in ("random", "cost") else kind
                if BAYESIAN not in best or other not in best:
                    continue
                ours, theirs = best[BAYESIAN], best[other]
                estimate = _cost_ratio(ours, theirs) if kind == "cost" else _difference(ours, theirs)
                words = f"{problem}: {BAYESIAN} against {other}, {ours.shape[1]} trainings, {len(ours)} seeds"
                rows.append(claim.settle(name, estimate, words))
        return rows

    def answer(self, gathered: Measured) -> Tables:
        """What each method found, and the verdicts."""
        verdicts = gathered.tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
        return {self.question: gathered.tables["methods"], "Verdicts": verdicts}


def _difference(ours: pd.DataFrame, theirs: pd.DataFrame) -> Estimate:
    """Median over seeds of the difference in log10 of the validation loss, after all evaluations."""
    return paired_difference(ours.iloc[:, -1].to_numpy(), theirs.iloc[:, -1].to_numpy())


def _cost_ratio(ours: pd.DataFrame, theirs: pd.DataFrame) -> Estimate:
    """log10 of the ratio of expected trainings until the median of what theirs found in the end is reached."""
    target = float(theirs.iloc[:, -1].median())
    runs = []
    for best in (ours, theirs):
        reached = best.to_numpy() <= target
        times = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.nan)
        runs.append(attempts(times, best.shape[1]))
    return running_time_log_ratio(*runs)


def _map(cost: TrainingCost) -> pd.DataFrame:
    """The cost on a lattice of rates and betas."""
    across, along = (torch.linspace(0, 1, count, dtype=torch.float64) for count in MAP)
    points = torch.cartesian_prod(across, along)
    rate, beta = cost.hyperparameters(points)
    return pd.DataFrame({"rate": rate.numpy(), "beta": beta.numpy(), "cost": cost.value(points).numpy()})


def _bands(progress: pd.DataFrame) -> pd.DataFrame:
    """Quartiles over seeds of the best validation loss so far, by problem, method and evaluation."""
    rows = []
    for (problem, method, evaluation), found in progress.groupby(["problem", "optimizer", "evaluation"], sort=False):
        ends = dict(zip(("q25", "median", "q75"), quantiles(10 ** found["best"].to_numpy()), strict=True))
        rows.append({"problem": problem, "optimizer": method, "step": evaluation} | ends)
    return pd.DataFrame(rows)


def _methods(found: pd.DataFrame) -> pd.DataFrame:
    """One row a method: validation loss found, and test-seed validation loss of trainings with it, with intervals."""
    rows = []
    for (problem, method), rows_of in found.groupby(["problem", "optimizer"], sort=False):
        row: dict[str, object] = {"problem": problem, "optimizer": method}
        for name in ("best", "judged"):
            values = rows_of[name].to_numpy()
            low, high = bootstrap_interval(values, median)
            row |= {f"{name}_loss": 10 ** np.median(values), f"{name}_low": 10**low, f"{name}_high": 10**high}
        row |= {"rate": rows_of["rate"].median(), "beta": rows_of["beta"].median()}
        rows.append(row)
    return pd.DataFrame(rows).sort_values(["problem", "best_loss"], ignore_index=True)
