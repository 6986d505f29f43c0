"""Which method is best on which problem, once every method is tuned fairly?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from src.problems.landscape import Landscape
from src.studies.metrics import end_metrics
from src.studies.plane import contours_table, paths_table
from src.studies.ranking import overall_table, profile_table, ranking_table, winners
from src.studies.replicates import curves_table
from src.studies.study import Cell, Measured, Study, Tables
from src.studies.tuned_run import NUMERICAL_ZERO, judge, tune

SHOWN_RUNS = 24  # a longer ranking is not read
TAU = "factor τ to the fewest expected steps to the target"


@dataclass(frozen=True, kw_only=True)
class Comparison(Study):
    """Tunes the rate of each method (unless it is given), then judges it on fresh seeds and ranks the methods.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        reading: how to read the answer.
    """

    name: str
    question: str
    reading: str

    def measure(self, cell: Cell) -> Measured:
        """Tune, judge, and tabulate one method on one problem."""
        known = getattr(cell.problem, "minimum", None)
        zero = -np.inf if known is None else known.value + NUMERICAL_ZERO
        tuned = tune(cell, zero) if cell.rate is None else None
        rate = tuned.rate if tuned else float(cell.rate or 0)
        descent, judged = judge(cell, rate)
        tables: Tables = {
            "summary": pd.concat([tuned.summary, judged], ignore_index=True) if tuned else judged,
            "curves": curves_table(descent),
        }
        if tuned:
            tables["rates"] = tuned.rates
        if isinstance(cell.problem, Landscape) and cell.problem.dimension == 2:
            tables["paths"] = paths_table(descent)
            tables["contours"] = contours_table(cell.problem, *cell.problem.box())
        metrics, missing = end_metrics(judged, rate, cell.problem.target)
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "best_rate": rate,
            "rate_at_edge": bool(tuned and tuned.at_edge),
            "minimum": known.value if known else None,
            "minimum_points": [list(point) for point in known.points] if known else None,
            "target": cell.problem.target,
            "stopped_step": metrics.get("stopped_step"),
            "criterion": cell.problem.criterion,
            "yardstick": cell.problem.yardstick,
        }
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Rank the methods on each problem, with intervals, and over all problems."""
        tables = {name: labelled(cells, name) for name in ("summary", "curves", "rates")}
        ranking = ranking_table(cells)
        tables |= {"ranking": ranking, "overall": overall_table(ranking), "profile": profile_table(ranking)}
        about = about_sweep(self.name, cells)
        metrics = {
            f"mean_rank.{name}": rank
            for name, rank in zip(
                tables["overall"]["optimizer"], tables["overall"]["mean_rank"].tolist(), strict=True
            )
        }
        return Measured(tables=tables, metrics=metrics, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """The best method on each problem, or the whole ranking where that is short; and the methods over all."""
        ranking, overall = gathered.tables["ranking"], gathered.tables["overall"]
        if len(ranking) <= SHOWN_RUNS:
            wanted = ("problem", "rank", "optimizer", "best_rate", "score", "score_low", "score_high")
            first = ranking[[*wanted, *(each for each in ("success_rate", "ert") if each in ranking)]]
        else:
            first = winners(ranking)
        return {self.question: first} | ({"Over all problems (rank 1 is best):": overall} if len(overall) > 1 else {})


def labelled(cells: Sequence[Measured], name: str) -> pd.DataFrame:
    """All cells' tables called ``name``, one under the other, with columns ``problem`` and ``optimizer``."""
    frames = [
        cell.tables[name].assign(problem=cell.about["problem"], optimizer=cell.about["optimizer"])
        for cell in cells
        if name in cell.tables
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def about_sweep(study: str, cells: Sequence[Measured]) -> dict[str, Any]:
    """What the sweep's figures need to know: values by problem where they differ by problem."""
    first = cells[0].about
    by_problem = {
        key: {cell.about["problem"]: cell.about[key] for cell in cells}
        for key in ("minimum", "target", "criterion", "yardstick")
    }
    return {"study": study, "profile": first["profile"], "seeds": first["seeds"], "tau_label": TAU, **by_problem}
