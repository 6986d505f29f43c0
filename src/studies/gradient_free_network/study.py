"""What does it cost to train a network without gradients?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.checks import check_count, check_number, field_error
from src.core.result import Result, Tables
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.protocol.claims import Claim, check_kinds
from src.protocol.search_cell import failure_report, method_of
from src.protocol.study import Cell, Study
from src.protocol.tuning.tune import evaluate, tune
from src.studies.gradient_free_network.claims import KINDS, verdicts
from src.studies.gradient_free_network.full_loss import FullLoss
from src.studies.gradient_free_network.tables import headline_rows, methods_table
from src.tables.concat_tables import concat_tables
from src.tables.quantiles import quantiles
from src.tables.run_tables import curves_table
from src.tables.search_summary import search_summary, stopping_metrics
from src.tables.search_tables import checkpoints, end_values

GRADIENT_PASSES = 3  # a gradient costs a forward pass and a backward pass, which costs about two forward passes


@dataclass(frozen=True, kw_only=True)
class GradientFreeNetwork(Study):
    """One search method on a network's weights, and momentum with a tuned rate from the same starts.

    The cost is the number of forward passes of one sample: an evaluation of the search costs one per training sample,
    a step of momentum costs three per sample of its batch. The ``summary`` table is of the search.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: the question in one sentence.
        how_to_read: how to read the answer.
        evaluations: budget of a search, in evaluations of the training loss, at least 1.
        half_width: half the width of the interval around 0 that each weight is searched in, above 0.
        claims: claims by name; the last part of the name is one of ``KINDS``.
    """

    name: str
    question: str
    how_to_read: str
    evaluations: int
    half_width: float
    claims: dict[str, Claim]

    searches = True

    def __post_init__(self) -> None:
        check_count(self, "evaluations")
        check_number(self, "half_width", above=0)
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Result:
        """Search, descend, and tabulate the training loss by cost and the ends of both."""
        if not cell.problem.is_learning or not cell.problem.batch_size:
            raise field_error(self, "problem", cell.names["problem"], "a learning task with mini-batches")
        budget = max(
            1, round(self.evaluations * cell.steps / cell.problem.steps)
        )  # a quick profile shortens both the search and the descent
        edge = torch.full((cell.problem.dimension,), self.half_width, dtype=torch.float64)
        task = FullLoss(task=cell.problem)
        searcher = SearchLoop(problem=task, method=method_of(self, cell), lower=-edge, upper=edge, budget=budget)
        drawn = seeds(cell.seeds, "test", cell.root_seed)
        start = cell.start.draw(cell.problem, drawn).clamp(-self.half_width, self.half_width)
        trace = searcher.run(start, drawn)
        tuned = tune(cell, 0.0)
        descent, judged = evaluate(cell, tuned.learning_rate)
        best = trace.best.numpy()
        accuracy = cell.problem.assess(trace.point.to(cell.problem.dtype))["test_accuracy"].numpy()
        finals = pd.DataFrame({"seed": range(cell.seeds), "loss": best[:, -1], "accuracy": accuracy})
        gradient = judged[["seed", "final_train_loss", "final_test_accuracy"]].set_axis(finals.columns, axis=1)
        metrics, missing = end_values(best[:, -1], np.full(cell.seeds, np.nan), None)
        metrics |= {
            "final_test_accuracy": float(np.median(finals["accuracy"])),
            "gradient_loss": float(np.median(gradient["loss"])),
            "gradient_test_accuracy": float(np.median(gradient["accuracy"])),
            "best_learning_rate": tuned.learning_rate,
        }
        missing.pop("best_learning_rate", None)
        summary = search_summary(trace.best, trace.used, np.arange(cell.seeds), cell.stopping, None)
        stopping, not_stopping = stopping_metrics(summary, cell.stopping)
        metrics, missing = metrics | stopping, missing | not_stopping
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "evaluations": budget,
            "step_unit": "evaluations",  # of the search; the cell's budget is in steps of momentum
            "parameters": cell.problem.dimension,
            "samples": cell.problem.size,
            "best_learning_rate": tuned.learning_rate,
            "learning_rate_at_edge": tuned.at_edge,
        }
        passes = self._gradient_passes(cell)
        at = checkpoints(budget)
        low, middle, high = quantiles(best[:, at - 1].T)
        curve = pd.DataFrame({"metric": "loss", "step": at, "q25": low, "median": middle, "q75": high})
        descended = curves_table(descent).query("metric == 'train_loss'")
        both = [curve.assign(sample_passes=at * cell.problem.size, method=cell.names["method"])]
        both.append(
            descended.query("step > 0").assign(sample_passes=lambda rows: rows["step"] * passes, method="momentum")
        )
        tables: Tables = {
            "summary": summary,
            "curves": curve,
            "network_costs": pd.concat(both, ignore_index=True),
            "ends": pd.concat([finals.assign(method=cell.names["method"]), gradient.assign(method="momentum")]),
        }
        return failure_report(Result(tables=tables, metrics=metrics, missing=missing, about=about), [trace])

    def _gradient_passes(self, cell: Cell) -> int:
        return GRADIENT_PASSES * int(cell.problem.batch_size or cell.problem.size)

    def gather(self, cells: Sequence[Result]) -> Result:
        """Loss by cost and ends of all methods, and the verdicts."""
        costs = concat_tables(cells, "network_costs", ("problem",))
        ends = concat_tables(cells, "ends", ("problem",))
        settled, missing = verdicts(self.claims, cells)
        tables: Tables = {  # momentum's rows are the same in every cell
            "network_costs": costs.drop_duplicates(["problem", "method", "step"]),
            "ends": ends.drop_duplicates(["problem", "method", "seed"]),
        }
        tables["network_methods"] = methods_table(tables["ends"], tables["network_costs"])
        tables["verdicts"] = settled
        first = cells[0].about
        kept = {key: first[key] for key in ("profile", "seeds", "evaluations", "parameters", "samples")}
        return Result(tables=tables, metrics={}, missing=missing, about={"study": self.name, **kept})

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """The search that comes closest to momentum, by training loss, and its test accuracy."""
        return headline_rows(gathered.tables)

    def answer(self, gathered: Result) -> Tables:
        """Ends and cost of each method, and the verdicts."""
        verdicts = gathered.tables["verdicts"][["claim", "settings", "estimate", "low", "high", "verdict"]]
        return {self.question: gathered.tables["network_methods"], "Verdicts": verdicts}
