"""Largest learning rate that trains, with and without warm-up (claim C14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import check_count, check_number, field_error
from src.core.result import Result, Tables
from src.core.status import Status
from src.protocol.answers import printed_verdicts, rows_of_verdicts
from src.protocol.bare_methods import bare_methods
from src.protocol.claims import Claim, check_kinds
from src.protocol.study import Cell, Study
from src.protocol.tuning.tune import descend
from src.studies.warmup.claims import KINDS, verdicts
from src.studies.warmup.trained import KEYS, largest_rates, largest_table, shown_rate, trained_table
from src.tables.concat_tables import concat_tables
from src.tables.end_metrics import end_metrics
from src.tables.run_tables import curves_table

STOPPING = ("stopped_rate", "stopped_step", "steps_saved", "stopping_cost")


@dataclass(frozen=True, kw_only=True)
class WarmupStudy(Study):
    """Trains every seed at every learning rate of a fine grid, and takes the largest one at which the seed trains.

    No learning rate is tuned: the study looks for the learning rate where training breaks down, not for the best one.

    Attributes:
        name, question, how_to_read: words of every study.
        lowest, highest: ends of the logarithmic grid of learning rates, above 0.
        rates: number of learning rates, at least 2.
        trained_loss: final training loss at or below which a seed counts as trained.
        claims: ``C14.c``: log10 of the largest learning rate that trains with a warm-up over that without, seed by
            seed, in decades; a verdict for each problem, initialization, method and warm-up.
    """

    of_all_seeds = ("curves", "trained", "edges", "shown_learning_rate", "shown_learning_rate_is", "stopped_step")

    name: str
    question: str
    how_to_read: str
    lowest: float
    highest: float
    rates: int
    trained_loss: float
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_number(self, "lowest", above=0)
        check_number(self, "highest", above=0)
        if self.highest <= self.lowest:
            raise field_error(self, "highest", self.highest, f"above lowest = {self.lowest!r}")
        check_count(self, "rates", at_least=2)
        check_number(self, "trained_loss")
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Result:
        """Train all test seeds at all learning rates in one descent, and record the curves of one learning rate."""
        rates = np.geomspace(self.lowest, self.highest, self.rates)
        _, summary = descend(cell, "test", rates, cell.seeds)
        trained = summary.assign(trained=summary["final_loss"] <= self.trained_loss)
        shares = trained_table(trained)
        shown, choice = shown_rate(shares)
        curves, stopping, not_stopping = _curves_and_stopping(cell, shown)
        found = {
            "diverged_rate": float((summary["status"] == Status.DIVERGED.label).mean()),
            "trained_share": float(shares["share"].max()),
            "largest_rate": float(10 ** np.log10(largest_rates(trained)).mean()),
        }
        reason = "every rate of a grid is judged, and none is chosen"
        missing = dict.fromkeys(("final_loss", "best_learning_rate", "success_rate", "steps_to_target"), reason)
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "init": cell.names.get("init", ""),
            "trained_loss": self.trained_loss,
            "edges": self._edges(shares),
            "shown_learning_rate": shown,
            "shown_learning_rate_is": choice,
            "stopped_step": stopping.get("stopped_step"),
        }
        tables: Tables = {"summary": trained, "trained": shares, "curves": curves}
        return Result(tables=tables, metrics=found | stopping, missing=missing | not_stopping, about=about)

    def over_all_seeds(self, joined: Result) -> Result:
        """``joined`` with the shares of all its seeds."""
        shares = trained_table(joined.tables["summary"])
        about = joined.about | {"edges": self._edges(shares)}
        return replace(joined, tables=joined.tables | {"trained": shares}, about=about)

    def gather(self, cells: Sequence[Result]) -> Result:
        """Shares against the learning rate, the largest learning rates, and the verdicts."""
        cells = bare_methods(cells)
        table, missing = verdicts(self.claims, cells)
        first = cells[0].about
        about = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"], "steps": first["steps"]}
        tables: Tables = {
            "summary": concat_tables(cells, "summary", KEYS),
            "trained": concat_tables(cells, "trained", KEYS),
            "largest": largest_table(cells),
            "verdicts": table,
        }
        return Result(tables=tables, metrics={}, missing=missing, about=about | {"trained_loss": self.trained_loss})

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Decades that warm-up adds to the largest learning rate; without a verdict, the largest ones themselves."""
        if rows := rows_of_verdicts(gathered.tables["verdicts"], {"C14.c": ("warmup_allowance", "decades")}):
            return rows
        return [
            (
                "largest_learning_rate", *(10 ** row[name] for name in ("decades", "low", "high")), "1",
                f"{row['method']} on {row['problem']} from {row['init']}, schedule {row['schedule']}",
            )
            for row in gathered.tables["largest"].head(4).to_dict("records")
        ]  # fmt: skip

    def answer(self, gathered: Result) -> Tables:
        """The verdicts, and the largest learning rates themselves."""
        largest = gathered.tables["largest"]
        rates = largest.assign(**{name: 10 ** largest[name] for name in ("decades", "low", "high")})
        rates = rates.rename(columns={"decades": "largest_rate"})
        verdicts = printed_verdicts(gathered)
        return {self.question: verdicts, "Largest rate that trains (geometric mean over seeds):": rates}

    def _edges(self, shares: pd.DataFrame) -> str:
        """The reason why largest learning rates would be wrong, or nothing."""
        if shares["share"].max() == 0:
            return "no seed trains at any rate"
        last = shares["share"].iloc[-1]
        return "some seeds train at the highest rate of the grid" if last > 0 else ""


def _curves_and_stopping(cell: Cell, rate: float) -> tuple[pd.DataFrame, dict[str, float], dict[str, str]]:
    """The ``curves`` at one learning rate, the early-stopping statistics there, and the reasons for those missing.

    The seeds train once more, to the same parameters, with an evaluation per epoch: a stopping rule on the validation
    loss needs more checks than the whole grid pays for.
    """
    watched = replace(cell, evaluate_every=min(cell.evaluate_every or cell.epoch, cell.epoch))
    descent, test = descend(watched, "test", np.array([rate]), cell.seeds)
    found, missing = end_metrics(test, rate, cell.problem.target)
    return (
        curves_table(descent),
        {name: found[name] for name in STOPPING if name in found},
        {name: missing[name] for name in STOPPING if name in missing},
    )
