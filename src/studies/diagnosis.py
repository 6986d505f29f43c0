"""Can one read from its curves what is wrong with a training run? (row R61)"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import check_count
from src.core.start import Start
from src.core.streams import Split, seeds
from src.monitor.diagnosis import diagnose
from src.statistics.intervals import proportion
from src.studies.claims import Claim, check_kinds, verdicts_table
from src.studies.comparison import labelled
from src.studies.depth_training import without_denormals
from src.studies.diagnosis_tables import ALL, accuracy_table, confusion_table, examples_table, gallery
from src.studies.known_states import Criteria
from src.studies.made_runs import Made, make
from src.studies.metrics import end_metrics
from src.studies.replicates import curves_table, summary_table
from src.studies.signals import deepened
from src.studies.study import Cell, Measured, Study, Tables
from src.studies.tuned_run import rates_table

KINDS = ("held_out", "tasks", "seeds")
GOOD = "good"


@dataclass(frozen=True, kw_only=True)
class Diagnosis(Study):
    """Makes runs of known states on one problem by one method, and compares them with what the detector says.

    Attributes:
        name, question, reading: as in every study.
        held_out: problems on which nothing was developed. On the others the tuning seeds are those of development.
        budgets: T by problem, of those whose own budget is not meant.
        depths: hidden layers by problem, of those that are deepened.
        good_starts: initialization by problem, where it is not the cell's.
        poor_starts: initializations by name, tried beside the good one on
        poor_problems: these.
        criteria: when a run is known to be in a state.
        claims: ``R61.held_out`` (accuracy on test seeds of held-out problems), ``R61.tasks`` (on the worst of these
            problems that has at least ``enough`` runs), ``R61.seeds`` (on test seeds of the other problems).
        enough: runs of known state that a problem must have to count as the worst, at least 1.
    """

    name: str
    question: str
    reading: str
    held_out: Sequence[str]
    budgets: Mapping[str, int]
    depths: Mapping[str, int]
    good_starts: Mapping[str, Start]
    poor_starts: Mapping[str, Start]
    poor_problems: Sequence[str]
    criteria: Criteria
    claims: dict[str, Claim]
    enough: int

    def __post_init__(self) -> None:
        check_kinds(self, self.claims, KINDS)
        check_count(self, "enough")

    def measure(self, cell: Cell) -> Measured:
        """Run all rates from good and from poor starts, name what is known, and ask the detector."""
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
            drawn = seeds(cell.seeds if split == "test" else cell.tuning.seeds, split, cell.root)
            with without_denormals():
                good = make(here, self.good_starts.get(name, cell.start), drawn, rates)
                every = self._made(here, good, split)
            for start, made, states in every:
                rows, curves = _compared(made, states)
                parts.append(rows.assign(start=start, split=split))
                shown.append(curves.assign(start=start, split=split))
        return self._measured(here, good, pd.concat(parts, ignore_index=True), pd.concat(shown, ignore_index=True))

    def _made(self, cell: Cell, good: Made, split: Split) -> list[tuple[str, Made, np.ndarray]]:
        """The good start's runs and the poor ones', with their names and states."""
        found = [(GOOD, good, self.criteria.from_good_start(good))]
        fair = self.criteria.fair_rates(good)
        if cell.names["problem"] in self.poor_problems and len(fair):
            drawn = seeds(len(good.gradient), split, cell.root)
            for name, start in self.poor_starts.items():
                made = make(cell, start, drawn, fair)
                found.append((name, made, self.criteria.from_poor_start(made, good)))
        return found

    def _measured(self, cell: Cell, good: Made, rows: pd.DataFrame, shown: pd.DataFrame) -> Measured:
        problem = cell.names["problem"]
        held_out = problem in self.held_out
        watched = cell.stopping.watched(cell.problem.criterion)
        summary = summary_table(cell.problem, good.descent, "test", good.rates, watched, 2 * cell.steps)
        best = float(good.rates[good.tuned()])
        at_best = summary[np.isclose(summary["rate"], best)]
        metrics, missing = end_metrics(at_best, best, cell.problem.target)
        known = rows[(rows["made"] != "") & (rows["split"] == "test")]
        if len(known):
            metrics["diagnosed_right"] = float(known["right"].mean())
        else:
            missing["diagnosed_right"] = "no run is known to be in one state"
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "best_rate": best,
            "held_out": held_out,
            "minimum": None,
            "target": cell.problem.target,
            "criterion": cell.problem.criterion,
        }
        tables: Tables = {
            "summary": summary,
            "curves": curves_table(good.descent),
            "rates": rates_table(summary),
            "diagnosed": rows.assign(held_out=held_out),
            "examples": shown,
        }
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Made against diagnosed, on held-out problems and on the others' seeds, and the verdicts."""
        diagnosed, examples = labelled(cells, "diagnosed"), labelled(cells, "examples")
        diagnosed["made"] = diagnosed["made"].fillna("")
        known = diagnosed[diagnosed["made"] != ""]
        tables: Tables = {
            "diagnosed": known,
            "confusion": confusion_table(known),
            "accuracy": accuracy_table(known, len(diagnosed)),
            "gallery": gallery(known, examples),
        }
        tables["verdicts"] = verdicts_table(list(self._verdicts(known)))
        first = cells[0].about
        about = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"], "known": len(known)}
        accuracy = tables["accuracy"]
        whole = accuracy[accuracy["state"] == ALL].set_index("part")["accuracy"]
        metrics = {f"accuracy.{part}": float(value) for part, value in whole.items() if np.isfinite(value)}
        metrics["share_of_runs_known"] = len(known) / max(1, len(diagnosed))
        return Measured(tables=tables, metrics=metrics, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """Accuracy by state, and the verdicts."""
        accuracy = gathered.tables["accuracy"]
        columns = ["claim", "says", "estimate", "low", "high", "verdict"]
        return {
            f"{self.question} Share diagnosed right:": accuracy,
            "Claims:": gathered.tables["verdicts"][columns],
        }

    def _verdicts(self, known: pd.DataFrame) -> list[dict[str, object]]:
        test = known[known["split"] == "test"]
        parts = {"held_out": test[test["held_out"]], "seeds": test[~test["held_out"]]}
        counts = parts["held_out"].groupby("problem")["right"].agg(["mean", "size"])
        counts = counts[counts["size"] >= self.enough]
        if len(counts):
            worst = str(counts["mean"].idxmin())
            parts["tasks"] = test[test["problem"] == worst]
        rows = []
        for name, claim in self.claims.items():
            part = parts.get(name.rpartition(".")[2], test.iloc[:0])
            if part.empty:
                continue
            estimate = proportion(float(part["right"].mean()), len(part))
            problems = ", ".join(dict.fromkeys(part["problem"]))
            rows.append(claim.settle(name, estimate, f"{len(part)} runs of known state on {problems}"))
        return rows


def _compared(made: Made, states: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a run, and the curves of the first run of each state and of each mistake."""
    found = diagnose(made.shown())
    rows = pd.DataFrame(
        {
            "seed": np.repeat(np.arange(len(made.gradient)), made.grid),
            "rate": np.tile(made.rates, len(made.gradient)),
            "made": [str(state) for state in states],
            "diagnosed": [str(one.state) for one in found],
            "right": [str(one.state) == str(state) for one, state in zip(found, states, strict=True)],
            "evidence": [one.evidence for one in found],
        }
    )
    return rows, examples_table(made.shown(), rows)
