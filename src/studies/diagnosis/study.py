"""Do the curves of a training run show its state? (row R61)"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import check_count
from src.core.result import Result, Tables
from src.core.start import Start
from src.core.streams import Split, seeds
from src.monitor.diagnosis import diagnose
from src.networks.depth_training import without_denormals
from src.networks.signals import deepened
from src.protocol.answers import printed_verdicts
from src.protocol.claims import Claim, check_kinds
from src.protocol.study import Cell, Study
from src.studies.diagnosis.claims import KINDS, verdicts
from src.studies.diagnosis.ground_truth import GroundTruth
from src.studies.diagnosis.headline import headline_rows
from src.studies.diagnosis.labelled_runs import SimulatedRuns, simulate
from src.studies.diagnosis.tables import ALL, accuracy_table, confusion_table, examples_table, gallery
from src.tables.concat_tables import concat_tables
from src.tables.end_metrics import end_metrics
from src.tables.rate_table import rates_table
from src.tables.run_tables import curves_table, summary_table

GOOD = "good"


@dataclass(frozen=True, kw_only=True)
class Diagnosis(Study):
    """Simulates runs of known states on one problem by one method, and compares the states with the detector's.

    Attributes:
        name, question, how_to_read: as in every study.
        held_out: problems on which nothing was developed. On the others the tuning seeds are those of development.
        budgets: the number T of steps by problem, of the problems that do not run for their own budget.
        depths: number of hidden layers by problem, of the problems that are deepened.
        good_starts: initialization by problem, of the problems that do not start as the cell does.
        poor_starts: initializations by name, tried on ``poor_problems`` too.
        poor_problems: the problems on which poor starts are tried.
        ground_truth: the rules that give a run its true state.
        claims: ``R61.held_out`` (accuracy on test seeds of held-out problems), ``R61.tasks`` (on the worst of these
            problems that has at least ``enough`` runs), ``R61.seeds`` (on test seeds of the other problems).
        enough: runs of known state that a problem must have to count as the worst, at least 1.
    """

    name: str
    question: str
    how_to_read: str
    held_out: Sequence[str]
    budgets: Mapping[str, int]
    depths: Mapping[str, int]
    good_starts: Mapping[str, Start]
    poor_starts: Mapping[str, Start]
    poor_problems: Sequence[str]
    ground_truth: GroundTruth
    claims: dict[str, Claim]
    enough: int

    def __post_init__(self) -> None:
        check_kinds(self, self.claims, tuple(KINDS))
        check_count(self, "enough")

    def measure(self, cell: Cell) -> Result:
        """Run all rates from good and from poor starts, name the true states that are known, and diagnose."""
        name = cell.names["problem"]
        scale = cell.steps / cell.problem.steps  # of the profile, or of the command
        budget = max(20, round(self.budgets.get(name, cell.problem.steps) * scale))
        problem = deepened(cell.problem, self.depths[name]) if name in self.depths else cell.problem
        here = replace(cell, problem=problem, steps=budget)
        rates = cell.tuning.grid()
        parts: list[pd.DataFrame] = []
        shown: list[pd.DataFrame] = []
        splits: tuple[Split, ...] = ("test",) if name in self.held_out else ("tuning", "test")
        for split in splits:
            drawn = seeds(cell.seeds if split == "test" else cell.tuning.seeds, split, cell.root_seed)
            with without_denormals():
                good = simulate(here, self.good_starts.get(name, cell.start), drawn, rates)
                every = self._with_states(here, good, split)
            for start, runs, states in every:
                rows, curves = _compared(runs, states)
                parts.append(rows.assign(start=start, split=split))
                shown.append(curves.assign(start=start, split=split))
        return self._measured(here, good, pd.concat(parts, ignore_index=True), pd.concat(shown, ignore_index=True))

    def _with_states(
        self, cell: Cell, good: SimulatedRuns, split: Split
    ) -> list[tuple[str, SimulatedRuns, np.ndarray]]:
        """The runs from the good start and from poor starts: the start's name, the runs, and their true states."""
        found = [(GOOD, good, self.ground_truth.from_good_start(good))]
        fair = self.ground_truth.fair_rates(good)
        if cell.names["problem"] in self.poor_problems and len(fair):
            drawn = seeds(len(good.gradient), split, cell.root_seed)
            for name, start in self.poor_starts.items():
                runs = simulate(cell, start, drawn, fair)
                found.append((name, runs, self.ground_truth.from_poor_start(runs, good)))
        return found

    def _measured(self, cell: Cell, good: SimulatedRuns, rows: pd.DataFrame, shown: pd.DataFrame) -> Result:
        problem = cell.names["problem"]
        held_out = problem in self.held_out
        watched = cell.stopping.watched(cell.problem.tuning_metric)
        summary = summary_table(cell.problem, good.descent, "test", good.rates, watched, 2 * cell.steps)
        best = float(good.rates[good.tuned()])
        at_best = summary[np.isclose(summary["learning_rate"], best)]
        metrics, missing = end_metrics(at_best, best, cell.problem.target)
        known = rows[(rows["true_state"] != "") & (rows["split"] == "test")]
        if len(known):
            metrics["diagnosed_right"] = float(known["right"].mean())
        else:
            missing["diagnosed_right"] = "no run is known to be in one state"
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "best_learning_rate": best,
            "held_out": held_out,
            "minimum": None,
            "target": cell.problem.target,
            "tuning_metric": cell.problem.tuning_metric,
        }
        tables: Tables = {
            "summary": summary,
            "curves": curves_table(good.descent),
            "rates": rates_table(summary),
            "diagnosed": rows.assign(held_out=held_out),
            "examples": shown,
        }
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Result]) -> Result:
        """True against predicted states, on held-out problems and on the others' seeds, and the verdicts."""
        diagnosed, examples = concat_tables(cells, "diagnosed"), concat_tables(cells, "examples")
        diagnosed["true_state"] = diagnosed["true_state"].astype(object).fillna("")
        known = diagnosed[diagnosed["true_state"] != ""]
        tables: Tables = {
            "diagnosed": known,
            "confusion": confusion_table(known),
            "accuracy": accuracy_table(known, len(diagnosed)),
            "gallery": gallery(known, examples),
        }
        tables["verdicts"], missing = verdicts(self.claims, known, self.enough)
        first = cells[0].about
        about = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"], "known": len(known)}
        accuracy = tables["accuracy"]
        whole = accuracy[accuracy["state"] == ALL].set_index("part")["accuracy"]
        metrics = {f"accuracy.{part}": float(value) for part, value in whole.items() if np.isfinite(value)}
        metrics["share_of_runs_known"] = len(known) / max(1, len(diagnosed))
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Shares of runs diagnosed right, the held-out tasks first."""
        return headline_rows(gathered.tables, gathered.metrics["share_of_runs_known"])

    def answer(self, gathered: Result) -> Tables:
        """Accuracy by state, and the verdicts."""
        accuracy = gathered.tables["accuracy"]
        return {
            f"{self.question} Share diagnosed right:": accuracy,
            "Claims:": printed_verdicts(gathered),
        }


def _compared(runs: SimulatedRuns, states: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per run, and the curves of the first run of each state that was diagnosed right."""
    found = diagnose(runs.shown())
    rows = pd.DataFrame(
        {
            "seed": np.repeat(np.arange(len(runs.gradient)), runs.grid),
            "learning_rate": np.tile(runs.rates, len(runs.gradient)),
            "true_state": [str(state) for state in states],
            "predicted_state": [str(one.state) for one in found],
            "right": [str(one.state) == str(state) for one, state in zip(found, states, strict=True)],
            "evidence": [one.evidence for one in found],
        }
    )
    return rows, examples_table(runs.shown(), rows)
