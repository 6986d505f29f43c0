"""Are clipping, noise and preconditioning together more robust than any one alone? (rows R25 to R28, R64, R65)"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch

from src.core.checks import check_number, field_error
from src.core.result import Result, Tables
from src.core.streams import seeds
from src.optimizers.clip import Clip
from src.optimizers.noise import Noise
from src.protocol.claims import Claim
from src.protocol.study import Cell, Study
from src.protocol.tuning.full_grid import GridRun, run_grid
from src.protocol.tuning.tune import NUMERICAL_ZERO
from src.statistics.intervals import bootstrap
from src.studies.safeguards.ablation import ablation_table
from src.studies.safeguards.claims import ESTIMATES, verdicts
from src.studies.safeguards.clipping import activity_curve, activity_table, clipped_steps, turning
from src.studies.safeguards.compared_methods import ComparedMethods
from src.studies.safeguards.gradient_matrix import distribution_table, gradient_matrix, scale_gap, stages
from src.studies.safeguards.headline import headline_rows
from src.studies.safeguards.runs import parts_of, robustness_row, robustness_table, shares_table, with_outcomes
from src.studies.safeguards.saddle_escape import escape_times, escapes_table
from src.tables.concat_tables import concat_tables
from src.tables.end_metrics import end_metrics
from src.tables.run_tables import curves_table

R28_RATE = 1e-4
SHOWN = ("claim", "settings", "estimate", "low", "high", "smallest_effect", "direction", "verdict")  # columns


@dataclass(frozen=True, kw_only=True)
class Safeguards(Study):
    """Runs every start at every learning rate of one grid: robustness is the share of these pairs that succeed.

    Learning rates are also tuned, on the tuning seeds and the same grid, for the claims on a method at its best.

    Attributes:
        name, question, how_to_read: as in every study.
        roles: the methods of the grid that the claims compare.
        saddle: the problem whose saddle is to be left.
        left_below: loss at or below which a run has left the saddle; between -1, the minimum, and 0, the saddle.
        claims: rules of the verdicts, by the names in ``src/studies/safeguards/claims.py``.
    """

    name: str
    question: str
    how_to_read: str
    roles: ComparedMethods
    saddle: str
    left_below: float
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_number(self, "left_below", above=-1, below=0)
        for name in self.claims:
            if name not in ESTIMATES:
                raise field_error(self, "claims", name, ", ".join(ESTIMATES))

    def measure(self, cell: Cell) -> Result:
        """Run all test seeds at all rates; tune the rate; measure clipping, noise and a step on row R64's matrix."""
        known = getattr(cell.problem, "minimum", None)
        run = run_grid(cell, -np.inf if known is None else known.value + NUMERICAL_ZERO)
        test = with_outcomes(run.test, cell.problem)
        rate = float(run.rates[run.best])
        passed = stages(cell.optimizer, gradient_matrix())
        tables: Tables = {
            "summary": pd.concat([with_outcomes(run.tuning, cell.problem), test], ignore_index=True),
            "rates": run.table,
            "curves": curves_table(run.chosen()),
            "shares": shares_table(test),
            "distribution": distribution_table(passed),
            "scale_gap": scale_gap(passed),
        }
        if isinstance(cell.optimizer, Clip):
            tables |= _clipping(cell, cell.optimizer, run)
        if cell.names["problem"] == self.saddle:
            noise = cell.optimizer if isinstance(cell.optimizer, Noise) else None
            tables["escapes"] = escapes_table(run.descent, run.rates, self.left_below)
            tables["escape_times"] = escape_times(tables["escapes"], noise, cell.steps, self.left_below)
        metrics, missing = end_metrics(test[test["learning_rate"] == rate], rate, cell.problem.target)
        row = robustness_row(tables["summary"])
        metrics |= {"robustness": row["robustness"], "exploded_rate": row["exploded"]}
        about = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "parts": parts_of(cell.optimizer),
            "best_learning_rate": rate,
            "learning_rate_at_edge": run.at_edge,
            "minimum": None if known is None else known.value,
            "target": cell.problem.target,
            "tuning_metric": cell.problem.tuning_metric,
            "stopped_step": metrics.get("stopped_step"),
        }
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Result]) -> Result:
        """Robustness of every method on every problem, what each part adds, and the verdicts."""
        shown = ("shares", "activity_curve", "activity", "escape_times", "rates")
        tables = {name: concat_tables(cells, name) for name in shown}
        tables["robustness"] = robustness_table(cells)
        tables["ablation"] = ablation_table(cells, self.roles)
        tables["row_r28"] = _row_r28(cells, self.roles.chain)
        tables["verdicts"], missing = verdicts(cells, self.roles, self.claims, self.saddle)
        first = cells[0].about
        about = {
            "study": self.name,
            "profile": first["profile"],
            "seeds": max(cell.about["seeds"] for cell in cells),
            "seeds_by_problem": {cell.about["problem"]: cell.about["seeds"] for cell in cells},
            "parts": {cell.about["method"]: cell.about["parts"] for cell in cells},
            "singles": list(self.roles.singles),
            "chain": self.roles.chain,
            "saddle": self.saddle,
            "question": self.question,
        }
        means = tables["robustness"].groupby("method", sort=False)["robustness"].last()
        metrics = {f"robustness.{name}": float(value) for name, value in means.items()}
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Gain of the chain over the best part alone, or robustness where the sweep lacks one of them."""
        return headline_rows(gathered.tables, self.roles)

    def answer(self, gathered: Result) -> Tables:
        """The verdicts, robustness of every method, and what each part of the chain adds."""
        verdicts = gathered.tables["verdicts"][list(SHOWN)]
        wide = gathered.tables["robustness"].pivot_table(
            index="method", columns="problem", values="robustness", sort=False
        )
        return {
            self.question: verdicts,
            "Share of (start, rate) pairs that succeed:": wide.reset_index(),
            "What each part adds to the chain (robustness with it less without it):": gathered.tables["ablation"],
            "Row R28, the chain at rate 1e-4 (there: median 2.36, 13 of 30 above 10):": gathered.tables["row_r28"],
        }


def _clipping(cell: Cell, clip: Clip, run: GridRun) -> Tables:
    """When clipping acts at the tuned rate, and how far it turns gradients at the starts and at all runs' ends."""
    active, taken = clipped_steps(run.chosen(), clip.limit)
    starts = cell.start.draw(cell.problem, seeds(cell.seeds, "test", cell.root_seed))
    _, grad = cell.problem.gradient(torch.cat([starts, run.descent.theta]))  # no batch: over all samples
    return {
        "activity": activity_table(active, taken),
        "activity_curve": activity_curve(active, taken),
        "turning": pd.DataFrame({"one_minus_cosine": turning(clip, grad).numpy()}),
    }


def _row_r28(cells: Sequence[Result], chain: str) -> pd.DataFrame:
    """The chain's final losses at row R28's rate, on the landscapes that start as there."""
    rows = []
    for cell in cells:
        if cell.about["method"] != chain or cell.about.get("start") != "normal":
            continue
        summary = cell.tables["summary"]
        near = (summary["split"] == "test") & np.isclose(summary["learning_rate"], R28_RATE, rtol=1e-6)
        final = summary.loc[near, "final_loss"].to_numpy(dtype=np.float64)
        if final.size:
            ends = (final.min(), final.max(), int((final > 10).sum()))
            rows.append((cell.about["problem"], final.size, *bootstrap(final), *ends))
    return pd.DataFrame(rows, columns=["problem", "seeds", "median", "low", "high", "lowest", "highest", "above_10"])
