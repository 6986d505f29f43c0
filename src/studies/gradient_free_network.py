"""What does it cost to train a network without gradients?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.core.checks import check_count, check_number, refuse
from src.core.problem import Problem
from src.core.streams import seeds
from src.engine.search import Searcher
from src.statistics.effects import differences, log_ratios
from src.statistics.intervals import bootstrap, bootstrap_interval, mean, median
from src.studies.claims import Claim, check_kinds, verdicts_table
from src.studies.quantiles import quantiles
from src.studies.replicates import curves_table
from src.studies.searched import checkpoints, end_values, method_of
from src.studies.study import Cell, Measured, Study, Tables
from src.studies.tuned_run import judge, tune

KINDS = ("loss", "accuracy")
GRADIENT_PASSES = 3  # a gradient costs a forward pass, and a backward pass of about twice as much


@dataclass(frozen=True, kw_only=True)
class GradientFreeNetwork(Study):
    """One search method on a network's weights, and momentum with a tuned rate from the same starts.

    Cost is counted in forward passes of one sample: an evaluation of the search is one of every training sample, a
    step of momentum three of every sample of its batch.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        reading: how to read the answer.
        evaluations: evaluations of the training loss that a search has, at least 1.
        half_width: weights are searched from minus this to this, above 0.
        claims: by name; the last part of the name is one of ``KINDS``.
    """

    name: str
    question: str
    reading: str
    evaluations: int
    half_width: float
    claims: dict[str, Claim]

    searches = True

    def __post_init__(self) -> None:
        check_count(self, "evaluations")
        check_number(self, "half_width", above=0)
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Measured:
        """Search, descend, and tabulate training loss by cost and what is reached in the end."""
        if not cell.problem.is_learning or not cell.problem.batch_size:
            raise refuse(self, "problem", cell.names["problem"], "a learning task with mini-batches")
        budget = max(1, round(self.evaluations * cell.steps / cell.problem.steps))  # a quick profile shortens both
        edge = torch.full((cell.problem.dimension,), self.half_width, dtype=torch.float64)
        task = FullLoss(task=cell.problem)
        searcher = Searcher(problem=task, method=method_of(self, cell), lower=-edge, upper=edge, budget=budget)
        of = seeds(cell.seeds, "test", cell.root)
        start = cell.start.draw(cell.problem, of).clamp(-self.half_width, self.half_width)
        trace = searcher.run(start, of)
        tuned = tune(cell, 0.0)
        descent, judged = judge(cell, tuned.rate)
        best = trace.best.numpy()
        accuracy = cell.problem.assess(trace.point.to(cell.problem.dtype))["test_accuracy"].numpy()
        finals = pd.DataFrame({"seed": range(cell.seeds), "loss": best[:, -1], "accuracy": accuracy})
        gradient = judged[["seed", "final_train_loss", "final_test_accuracy"]].set_axis(finals.columns, axis=1)
        metrics, missing = end_values(best[:, -1], np.full(cell.seeds, np.nan), None)
        metrics |= {
            "final_test_accuracy": float(np.median(finals["accuracy"])),
            "gradient_loss": float(np.median(gradient["loss"])),
            "gradient_test_accuracy": float(np.median(gradient["accuracy"])),
            "best_rate": tuned.rate,
        }
        missing.pop("best_rate", None)
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "evaluations": budget,
            "parameters": cell.problem.dimension,
            "samples": cell.problem.size,
            "best_rate": tuned.rate,
            "rate_at_edge": tuned.at_edge,
        }
        passes = self._gradient_passes(cell)
        at = checkpoints(budget)
        low, middle, high = quantiles(best[:, at - 1].T)
        curve = pd.DataFrame({"metric": "loss", "step": at, "q25": low, "median": middle, "q75": high})
        descended = curves_table(descent).query("metric == 'train_loss'")
        both = [curve.assign(cost=at * cell.problem.size, method=cell.names["optimizer"])]
        both.append(descended.query("step > 0").assign(cost=lambda rows: rows["step"] * passes, method="momentum"))
        tables: Tables = {
            "curves": curve,
            "network_costs": pd.concat(both, ignore_index=True),
            "ends": pd.concat([finals.assign(method=cell.names["optimizer"]), gradient.assign(method="momentum")]),
        }
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def _gradient_passes(self, cell: Cell) -> int:
        return GRADIENT_PASSES * int(cell.problem.batch_size or cell.problem.size)

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """All methods' loss by cost, what they end at, and the claims."""
        costs = pd.concat([_named(cell, "network_costs") for cell in cells], ignore_index=True)
        ends = pd.concat([_named(cell, "ends") for cell in cells], ignore_index=True)
        tables: Tables = {  # momentum's rows are the same in every cell
            "network_costs": costs.drop_duplicates(["problem", "method", "step"]),
            "ends": ends.drop_duplicates(["problem", "method", "seed"]),
        }
        tables["network_methods"] = _methods(tables["ends"], tables["network_costs"])
        tables["verdicts"] = verdicts_table([row for cell in cells for row in self._verdicts(cell)])
        first = cells[0].about
        kept = {key: first[key] for key in ("profile", "seeds", "evaluations", "parameters", "samples")}
        return Measured(tables=tables, metrics={}, about={"study": self.name, **kept})

    def _verdicts(self, cell: Measured) -> list[dict[str, object]]:
        about = cell.about
        ends = cell.tables["ends"].sort_values("seed")
        ours, theirs = (ends[ends["method"] == method] for method in (about["optimizer"], "momentum"))
        words = f"{about['problem']}: {about['optimizer']} with {about['evaluations']} evaluations against momentum"
        gaps = {
            "loss": log_ratios(ours["loss"].to_numpy(float), theirs["loss"].to_numpy(float)),
            "accuracy": 100 * differences(ours["accuracy"].to_numpy(float), theirs["accuracy"].to_numpy(float)),
        }
        blocked = "momentum's rate lies on the edge of what was tried" if about["rate_at_edge"] else ""
        return [
            claim.settle(name, bootstrap(gaps[name.rpartition(".")[2]], mean), words, blocked)
            for name, claim in self.claims.items()
        ]

    def answer(self, gathered: Measured) -> Tables:
        """What each method reaches and costs, and the verdicts."""
        verdicts = gathered.tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
        return {self.question: gathered.tables["network_methods"], "Verdicts": verdicts}


@dataclass(frozen=True, kw_only=True)
class FullLoss(Problem):
    """A task's loss over all training samples, in float64 as searches are, without the graph of a gradient.

    Attributes:
        task: the network and its data.
    """

    task: Problem

    @property
    def dimension(self) -> int:
        """Weights D."""
        return self.task.dimension

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., D) -> (...)."""
        with torch.no_grad():
            return self.task.value(theta.to(self.task.dtype), batch).to(theta.dtype)


def _named(cell: Measured, table: str) -> pd.DataFrame:
    return cell.tables[table].assign(problem=cell.about["problem"])


def _methods(ends: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """One row a method: training loss and test accuracy with intervals, and what it cost."""
    rows = []
    for (problem, method), found in ends.groupby(["problem", "method"], sort=False):
        row: dict[str, object] = {"problem": problem, "method": method}
        for name in ("loss", "accuracy"):
            values = found[name].to_numpy(dtype=float)
            low, high = bootstrap_interval(values, median)
            row |= {name: float(np.median(values)), f"{name}_low": float(low), f"{name}_high": float(high)}
        spent = costs[(costs["problem"] == problem) & (costs["method"] == method)]["cost"].max()
        rows.append(row | {"cost": float(spent)})
    return pd.DataFrame(rows).sort_values(["problem", "loss"], ignore_index=True)
