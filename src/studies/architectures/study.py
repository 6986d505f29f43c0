"""Which method suits which architecture, and how much does tuning its rate buy? (claims C6, C10, C28, C29)"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from src.core.checks import check_count, field_error
from src.core.result import Result, Tables
from src.core.status import Status
from src.core.streams import Split
from src.engine.descend import DescentResult
from src.problems.learning import LearningTask
from src.protocol.claims import Claim
from src.protocol.study import Cell, Study
from src.protocol.tuning.full_grid import rows_of
from src.protocol.tuning.tune import descend, tune
from src.studies.architectures.claim_subjects import ClaimSubjects
from src.studies.architectures.claims import NEEDED, verdicts
from src.studies.architectures.headline import headline_rows
from src.studies.architectures.scores import accuracies_table, batch_gains_table, tuning_gains_table
from src.tables.concat_tables import concat_tables
from src.tables.end_metrics import end_metrics
from src.tables.run_tables import curves_table

SHOWN = ("claim", "settings", "estimate", "low", "high", "smallest_effect", "direction", "verdict")  # columns


@dataclass(frozen=True, kw_only=True)
class Architectures(Study):
    """Trains each network by each method at the method's default rate and at a tuned rate, on the same test seeds.

    Rates are tuned by validation accuracy, and methods compared by test accuracy: where a network fits every training
    sample, its losses on other data hardly show how often its classes are right.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        how_to_read: how to read the answer.
        default_rates: the learning rate that the field uses untuned, by method.
        roles: the methods and problems that the claims speak of.
        large_batch: samples per step of the larger batch, at least 2.
        batched: the methods that are tuned and compared with the larger batch too, by problem.
        claims: rules of the verdicts, by the names in ``NEEDED`` of ``src/studies/architectures/claims.py``.
    """

    of_all_seeds = ("curves", "default_curves")

    name: str
    question: str
    how_to_read: str
    default_rates: Mapping[str, float]
    roles: ClaimSubjects
    large_batch: int
    batched: Mapping[str, Sequence[str]]
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rate in self.default_rates.values():
            if not isinstance(rate, float | int) or not rate > 0:
                raise field_error(self, "default_rates", dict(self.default_rates), "a number above 0 for each method")
        check_count(self, "large_batch", at_least=2)
        for name in self.claims:
            if name not in NEEDED:
                raise field_error(self, "claims", name, ", ".join(NEEDED))

    def measure(self, cell: Cell) -> Result:
        """Train one network by one method: tuned, at its default rate, and with the larger batch where asked for."""
        if not isinstance(cell.problem, LearningTask) or cell.problem.loss != "cross_entropy":
            raise field_error(self, "problem", cell.names["problem"], "a learning task with classes")
        method = cell.names["optimizer"]
        if method not in self.default_rates:
            raise field_error(self, "default_rates", dict(self.default_rates), f"a rate for {method} too")
        tuned = tune(cell, -np.inf, by_error) if cell.learning_rate is None else None
        rate, default = (
            tuned.learning_rate if tuned else float(cell.learning_rate or 0),
            float(self.default_rates[method]),
        )
        at_edge = bool(tuned and tuned.at_edge)
        both, summary = by_error(cell, "test", np.array([rate, default]), cell.seeds)
        judged, untuned = summary.iloc[::2], summary.iloc[1::2]
        batch = cell.problem.batch_size or cell.problem.size
        scores = [_scores(judged, "tuned", batch, at_edge), _scores(untuned, "default", batch, False)]
        if method in self.batched.get(cell.names["problem"], ()):
            scores.append(self._with_large_batch(cell, cell.problem))
        tables: Tables = {
            "summary": pd.concat([tuned.summary, judged], ignore_index=True) if tuned else judged,
            "curves": curves_table(rows_of(both, slice(0, None, 2))),
            "default_curves": curves_table(rows_of(both, slice(1, None, 2))),
            "scores": pd.concat(scores, ignore_index=True),
        }
        if tuned:
            tables["rates"] = tuned.rates
        metrics, missing = end_metrics(judged, rate, cell.problem.target)
        metrics |= {"default_rate": default, "default_test_accuracy": float(untuned["final_test_accuracy"].mean())}
        about = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "epoch": cell.epoch,
            "best_learning_rate": rate,
            "learning_rate_at_edge": at_edge,
            "default_rate": default,
            "method": method,
            "tuning_metric": "validation error",
        }
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Result]) -> Result:
        """Accuracies, gains of tuning and of a small batch, and the verdicts."""
        scores = concat_tables(cells, "scores")
        settled, missing = verdicts(self.claims, scores, self.roles)
        tables: Tables = {
            "scores": scores,
            "accuracies": accuracies_table(scores),
            "tuning_gains": tuning_gains_table(scores),
            "batch_gains": batch_gains_table(scores),
            "verdicts": settled,
            "rates": concat_tables(cells, "rates"),
        }
        first = cells[0].about
        about = {
            "study": self.name,
            "question": self.question,
            "profile": first["profile"],
            "seeds": first["seeds"],
            "epochs": {cell.about["problem"]: cell.about["steps"] / cell.about["epoch"] for cell in cells},
        }
        gains = tables["tuning_gains"]
        named = dict(zip("gain." + gains["problem"] + "." + gains["method"], gains["gain"].tolist(), strict=True))
        return Result(tables=tables, metrics=named, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Mean gain of tuning, the largest one, and the highest test accuracy."""
        return headline_rows(gathered.tables)

    def answer(self, gathered: Result) -> Tables:
        """Test accuracies in percent, tuned and untuned, and the verdicts."""
        table = gathered.tables["accuracies"]
        own = table[table["batch"] == table.groupby("problem")["batch"].transform("min")]
        named = own.assign(arm=own["method"] + " " + own["setting"], percent=own["accuracy"].round(1))
        shown = named.pivot_table(index="arm", columns="problem", values="percent", sort=False)
        return {
            self.question: shown.rename_axis("test accuracy, %").reset_index(),
            "Claims:": gathered.tables["verdicts"][list(SHOWN)],
        }

    def _with_large_batch(self, cell: Cell, problem: LearningTask) -> pd.DataFrame:
        """Scores with the larger batch, its rate tuned again, in as many epochs."""
        large = replace(problem, batch_size=min(self.large_batch, problem.size))
        steps = max(1, round(cell.steps / problem.steps * large.steps))
        other = replace(cell, problem=large, steps=steps)
        batch = large.batch_size or large.size
        if cell.earlier is None:
            tuned = tune(other, -np.inf, by_error)
            rate, at_edge = tuned.learning_rate, tuned.at_edge
        else:  # what the earlier run has chosen; its last tuned rows are those of the larger batch
            before = cell.earlier.tables["scores"].query("setting == 'tuned'").iloc[-1]
            rate, at_edge = float(before["learning_rate"]), bool(before["at_edge"])
        judged = by_error(other, "test", np.array([rate]), cell.seeds)[1]
        return _scores(judged, "tuned", batch, at_edge)


def by_error(cell: Cell, split: Split, rates: np.ndarray, count: int) -> tuple[DescentResult, pd.DataFrame]:
    """As ``descend``, scored by the error rate on the validation (tuning seeds) or test part; inf if diverged.

    Tuning evaluates the last point only, since evaluations are a third of the cost.
    """
    looked = replace(cell, evaluate_every=cell.steps) if split == "tuning" else cell
    descent, summary = descend(looked, split, rates, count)
    error = 1 - summary["final_valid_accuracy" if split == "tuning" else "final_test_accuracy"]
    return descent, summary.assign(score=error.where(summary["status"] != Status.DIVERGED.label, np.inf))


def _scores(summary: pd.DataFrame, setting: str, batch: int, at_edge: bool) -> pd.DataFrame:
    """One row per test seed; columns of ``SCORES``. The accuracy of a network that diverged is left as measured."""
    return pd.DataFrame(
        {
            "setting": setting,
            "batch": batch,
            "seed": summary["seed"],
            "learning_rate": summary["learning_rate"],
            "at_edge": at_edge,
            "test_accuracy": 100 * summary["final_test_accuracy"],
            "valid_accuracy": 100 * summary["final_valid_accuracy"],
            "train_loss": summary["final_loss"],
            "diverged": summary["status"] == Status.DIVERGED.label,
        }
    )
