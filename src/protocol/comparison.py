"""Comparison of methods that are all tuned fairly: which is best on which problem?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from src.core.result import Result, Tables
from src.problems.landscape import Landscape
from src.protocol.answers import row_without_value
from src.protocol.ranking import overall_table, overall_title, profile_table, ranking_table, winners
from src.protocol.study import Cell, Study
from src.protocol.tuning.tune import NUMERICAL_ZERO, evaluate, tune
from src.tables.concat_tables import concat_tables
from src.tables.end_metrics import end_metrics
from src.tables.planar_tables import contours_table, paths_table
from src.tables.run_tables import curves_table

SHOWN_RUNS = 24  # runs up to which the whole ranking is printed: nobody reads a longer one
SHOWN_OVERALL = ("method", "mean_rank", "mean_rank_low", "mean_rank_high", "tied_with_best", "problems")
TAU = "factor τ to the fewest expected steps to the target"


@dataclass(frozen=True, kw_only=True)
class Comparison(Study):
    """Tunes the learning rate of each method unless it is given, evaluates it on fresh seeds, and ranks the methods.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: the question in one sentence.
        how_to_read: how to read the answer.
    """

    of_all_seeds: ClassVar[tuple[str, ...] | None] = ("curves", "paths", "stopped_step")

    name: str
    question: str
    how_to_read: str

    def measure(self, cell: Cell) -> Result:
        """Tune, evaluate, and tabulate one method on one problem."""
        known = getattr(cell.problem, "minimum", None)
        zero = -np.inf if known is None else known.value + NUMERICAL_ZERO
        tuning = tune(cell, zero) if cell.learning_rate is None else None
        learning_rate = tuning.learning_rate if tuning else float(cell.learning_rate or 0)
        descent, test = evaluate(cell, learning_rate)
        tables: Tables = {
            "summary": pd.concat([tuning.summary, test], ignore_index=True) if tuning else test,
            "curves": curves_table(descent),
        }
        if tuning:
            tables["rates"] = tuning.rates
        if isinstance(cell.problem, Landscape) and cell.problem.dimension == 2:
            tables["paths"] = paths_table(descent, cell.first_seed)
            tables["contours"] = contours_table(cell.problem, *cell.problem.box())
        metrics, missing = end_metrics(test, learning_rate, cell.problem.target)
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "best_learning_rate": learning_rate,
            "learning_rate_at_edge": bool(tuning and tuning.at_edge),
            "minimum": known.value if known else None,
            "minimum_points": [list(point) for point in known.points] if known else None,
            "target": cell.problem.target,
            "stopped_step": metrics.get("stopped_step"),
            "tuning_metric": cell.problem.tuning_metric,
            "test_metric": cell.problem.test_metric,
        }
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Result]) -> Result:
        """Rank the methods on each problem, with intervals, and over all problems."""
        tables = {name: concat_tables(cells, name) for name in ("summary", "curves", "rates")}
        ranking = ranking_table(cells)
        tables |= {"ranking": ranking, "overall": overall_table(ranking), "profile": profile_table(ranking)}
        about = about_sweep(self.name, cells)
        metrics = {
            f"mean_rank.{name}": rank
            for name, rank in zip(tables["overall"]["method"], tables["overall"]["mean_rank"].tolist(), strict=True)
        }
        return Result(tables=tables, metrics=metrics, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """The best mean rank over all problems; the score of the best method where no ranks can be averaged."""
        ranking, overall = gathered.tables["ranking"], gathered.tables["overall"]
        if len(overall) > 1 and overall["problems"].iloc[0] > 1:
            best = overall.iloc[0]
            about = f"{best['method']}, over {best['problems']} problems; 1 is best of {len(overall)} methods"
            ends = (float(best["mean_rank_low"]), float(best["mean_rank_high"]))
            ranks = [("best_mean_rank", float(best["mean_rank"]), *ends, "rank", about)]
            share = float(best["tied_with_best"] / best["problems"])
            about = f"{best['method']}: problems on which it is not shown to be worse than the best method"
            return [*ranks, ("share_tied_with_best", share, np.nan, np.nan, "share of problems", about)]
        best_first = ranking.drop_duplicates("problem").head(4)
        return [
            (
                "best_score", row["score"], row["score_low"], row["score_high"], "1",
                f"{row['method']} on {row['problem']}{_at_learning_rate(row['best_learning_rate'])}: "
                f"{row['test_metric']}, median over the test seeds",
            )
            for row in best_first.to_dict("records")
        ] or [row_without_value("best_score", "1", "no run was gathered")]  # fmt: skip

    def answer(self, gathered: Result) -> Tables:
        """The best method on each problem, or the whole ranking where that is short; and the methods over all."""
        ranking, overall = gathered.tables["ranking"], gathered.tables["overall"]
        if len(ranking) <= SHOWN_RUNS:
            wanted = ("problem", "rank", "method", "best_learning_rate", "score", "score_low", "score_high")
            first = ranking[[*wanted, *(each for each in ("success_rate", "ert") if each in ranking), "against_best"]]
        else:
            first = winners(ranking)
        return {self.question: first} | self._over_all(overall)

    def _over_all(self, overall: pd.DataFrame) -> Tables:
        """Mean ranks, where there are several methods and several problems to rank them on."""
        if len(overall) < 2 or overall["problems"].iloc[0] < 2:
            return {}
        return {overall_title(overall): overall[list(SHOWN_OVERALL)]}


def _at_learning_rate(learning_rate: float | None) -> str:
    """The learning rate in words; nothing where a method has none."""
    return f", learning rate {learning_rate:.3g}" if learning_rate and np.isfinite(learning_rate) else ""


def about_sweep(study: str, cells: Sequence[Result]) -> dict[str, Any]:
    """Facts that the figures of a sweep need: one value, or values by problem where they differ by problem."""
    first = cells[0].about
    by_problem = {
        key: {cell.about["problem"]: cell.about[key] for cell in cells}
        for key in ("minimum", "target", "tuning_metric", "test_metric")
    }
    return {"study": study, "profile": first["profile"], "seeds": first["seeds"], "tau_label": TAU, **by_problem}
