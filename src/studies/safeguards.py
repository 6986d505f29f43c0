"""Are clipping, noise and preconditioning together more robust than any one alone? (rows R25 to R28, R64, R65)"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch

from src.core.checks import check_number
from src.core.streams import seeds
from src.optimizers.clip import Clip
from src.optimizers.noise import Noise
from src.statistics.intervals import bootstrap
from src.studies.claims import Claim, verdicts_table
from src.studies.clipping import activity_curve, activity_table, clipped_steps, turning
from src.studies.gradient_matrix import distribution_table, gradient_matrix, scale_gap, stages
from src.studies.grid_run import GridRun, run_grid
from src.studies.metrics import end_metrics
from src.studies.replicates import curves_table
from src.studies.saddle_escape import escape_times, escapes_table
from src.studies.safeguard_claims import Roles, ablation_table, verdict_rows
from src.studies.safeguard_runs import parts_of, robustness_row, robustness_table, shares_table, with_outcomes
from src.studies.study import Cell, Measured, Study, Tables
from src.studies.tuned_run import NUMERICAL_ZERO

R28_RATE = 1e-4


@dataclass(frozen=True, kw_only=True)
class Safeguards(Study):
    """Runs every start at every rate of one common grid: robustness is the share of these pairs that succeed.

    Rates are also tuned, on the tuning seeds and that same grid, for what is asked of a method at its best.

    Attributes:
        name, question, reading: as in every study.
        roles: which methods of the grid the claims speak of.
        saddle: the problem whose saddle is to be left.
        left_below: its loss at or below which it has been left; below 0, the saddle's, and above -1, the minimum's.
        claims: by the names of ``src/studies/safeguard_claims.py``.
    """

    name: str
    question: str
    reading: str
    roles: Roles
    saddle: str
    left_below: float
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_number(self, "left_below", above=-1, below=0)

    def measure(self, cell: Cell) -> Measured:
        """All test seeds at all rates; the tuned rate; what clipping and noise do; the method on row R64's matrix."""
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
        metrics, missing = end_metrics(test[test["rate"] == rate], rate, cell.problem.target)
        row = robustness_row(tables["summary"])
        metrics |= {"robustness": row["robustness"], "exploded_rate": row["exploded"]}
        about = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "parts": parts_of(cell.optimizer),
            "best_rate": rate,
            "rate_at_edge": run.at_edge,
            "minimum": None if known is None else known.value,
            "target": cell.problem.target,
            "criterion": cell.problem.criterion,
            "stopped_step": metrics.get("stopped_step"),
        }
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Robustness of every method on every problem, what each part adds, and the verdicts."""
        shown = ("shares", "activity_curve", "activity", "escape_times", "rates")
        tables = {name: _labelled(cells, name) for name in shown}
        tables["robustness"] = robustness_table(cells)
        tables["ablation"] = ablation_table(cells, self.roles)
        tables["row_r28"] = _row_r28(cells, self.roles.chain)
        tables["verdicts"] = verdicts_table(list(verdict_rows(cells, self.roles, self.claims, self.saddle)))
        first = cells[0].about
        about = {
            "study": self.name,
            "profile": first["profile"],
            "seeds": max(cell.about["seeds"] for cell in cells),
            "seeds_by_problem": {cell.about["problem"]: cell.about["seeds"] for cell in cells},
            "parts": {cell.about["optimizer"]: cell.about["parts"] for cell in cells},
            "singles": list(self.roles.singles),
            "chain": self.roles.chain,
            "saddle": self.saddle,
            "question": self.question,
        }
        means = tables["robustness"].groupby("optimizer", sort=False)["robustness"].last()
        metrics = {f"robustness.{name}": float(value) for name, value in means.items()}
        return Measured(tables=tables, metrics=metrics, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """The verdicts, robustness of every method, and what each part of the chain adds."""
        verdicts = gathered.tables["verdicts"].drop(columns=["says", "reason"])
        wide = gathered.tables["robustness"].pivot_table(
            index="optimizer", columns="problem", values="robustness", sort=False
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
    starts = cell.start.draw(cell.problem, seeds(cell.seeds, "test", cell.root))
    _, grad = cell.problem.gradient(torch.cat([starts, run.descent.theta]))  # no batch: over all samples
    return {
        "activity": activity_table(active, taken),
        "activity_curve": activity_curve(active, taken),
        "turning": pd.DataFrame({"turned": turning(clip, grad).numpy()}),
    }


def _labels(cell: Measured) -> dict[str, str]:
    return {"problem": str(cell.about["problem"]), "optimizer": str(cell.about["optimizer"])}


def _labelled(cells: Sequence[Measured], name: str) -> pd.DataFrame:
    """All cells' tables called ``name``, with columns ``problem`` and ``optimizer``."""
    frames = [cell.tables[name].assign(**_labels(cell)) for cell in cells if name in cell.tables]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _row_r28(cells: Sequence[Measured], chain: str) -> pd.DataFrame:
    """The chain's final losses at row R28's rate, on the landscapes that start as there."""
    rows = []
    for cell in cells:
        if cell.about["optimizer"] != chain or cell.about.get("start") != "normal":
            continue
        summary = cell.tables["summary"]
        near = (summary["split"] == "test") & np.isclose(summary["rate"], R28_RATE, rtol=1e-6)
        final = summary.loc[near, "final_loss"].to_numpy(dtype=np.float64)
        if final.size:
            ends = (final.min(), final.max(), int((final > 10).sum()))
            rows.append((cell.about["problem"], final.size, *bootstrap(final), *ends))
    return pd.DataFrame(rows, columns=["problem", "seeds", "median", "low", "high", "lowest", "highest", "above_10"])
