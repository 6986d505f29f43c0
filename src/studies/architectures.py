"""Which method suits which architecture, and how much does tuning its rate buy? (claims C6, C10, C28, C29)"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from src.core.checks import check_count, refuse
from src.core.status import Status
from src.core.streams import Split
from src.engine.descend import Descent
from src.problems.learning import LearningTask
from src.studies.architecture_claims import Roles, verdicts
from src.studies.architecture_scores import accuracies_table, batch_gains_table, labelled, tuning_gains_table
from src.studies.claims import Claim, check_kinds, verdicts_table
from src.studies.grid_run import rows_of
from src.studies.metrics import end_metrics
from src.studies.replicates import curves_table
from src.studies.study import Cell, Measured, Study, Tables
from src.studies.tuned_run import descend, tune

KINDS = ("C6a", "C6b", "C10d", "C28a", "C28b", "C28c", "C28d", "C28e", "C29a", "C29b")


@dataclass(frozen=True, kw_only=True)
class Architectures(Study):
    """Trains each network by each method at the method's default rate and at a tuned one, on the same test seeds.

    Rates are tuned by validation accuracy, and methods judged by test accuracy: where a network fits every training
    sample, its losses on other data say little of how often it is right.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        reading: how to read the answer.
        default_rates: of each method, what the field uses untuned.
        roles: which methods and problems the claims speak of.
        large_batch: samples a step of the larger batch, at least 2.
        batched: the methods that are tuned and judged with the larger batch too, by problem.
        claims: by the names in ``KINDS``; see ``src/studies/architecture_claims.py``.
    """

    name: str
    question: str
    reading: str
    default_rates: Mapping[str, float]
    roles: Roles
    large_batch: int
    batched: Mapping[str, Sequence[str]]
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rate in self.default_rates.values():
            if not isinstance(rate, float | int) or not rate > 0:
                raise refuse(self, "default_rates", dict(self.default_rates), "a number above 0 for each method")
        check_count(self, "large_batch", at_least=2)
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Measured:
        """One method on one network: tuned, at its default rate, and with the larger batch where asked for."""
        if not isinstance(cell.problem, LearningTask) or cell.problem.loss != "cross_entropy":
            raise refuse(self, "problem", cell.names["problem"], "a learning task with classes")
        method = cell.names["optimizer"].partition(" (")[0]
        if method not in self.default_rates:
            raise refuse(self, "default_rates", dict(self.default_rates), f"a rate for {method} too")
        tuned = tune(cell, -np.inf, by_error) if cell.rate is None else None
        rate, default = tuned.rate if tuned else float(cell.rate or 0), float(self.default_rates[method])
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
            "best_rate": rate,
            "default_rate": default,
            "method": method,
            "criterion": "validation error",
        }
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Accuracies, what tuning and a small batch bring, and the verdicts."""
        scores = labelled(cells, "scores")
        tables: Tables = {
            "scores": scores,
            "accuracies": accuracies_table(scores),
            "tuning_gains": tuning_gains_table(scores),
            "batch_gains": batch_gains_table(scores),
            "verdicts": verdicts_table(list(verdicts(self.claims, scores, self.roles))),
            "rates": labelled(cells, "rates"),
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
        return Measured(tables=tables, metrics=named, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """Test accuracies in percent, tuned and untuned, and the verdicts."""
        table = gathered.tables["accuracies"]
        own = table[table["batch"] == table.groupby("problem")["batch"].transform("min")]
        named = own.assign(arm=own["method"] + " " + own["setting"], percent=own["accuracy"].round(1))
        shown = named.pivot_table(index="arm", columns="problem", values="percent", sort=False)
        verdicts = gathered.tables["verdicts"].drop(columns=["says", "reason"])
        return {self.question: shown.rename_axis("test accuracy, %").reset_index(), "Claims:": verdicts}

    def _with_large_batch(self, cell: Cell, problem: LearningTask) -> pd.DataFrame:
        """Scores with the larger batch, its rate tuned anew, in as many epochs."""
        large = replace(problem, batch_size=min(self.large_batch, problem.size))
        steps = max(1, round(cell.steps / problem.steps * large.steps))
        other = replace(cell, problem=large, steps=steps)
        tuned = tune(other, -np.inf, by_error)
        judged = by_error(other, "test", np.array([tuned.rate]), cell.seeds)[1]
        return _scores(judged, "tuned", large.batch_size or large.size, tuned.at_edge)


def by_error(cell: Cell, split: Split, rates: np.ndarray, count: int) -> tuple[Descent, pd.DataFrame]:
    """As ``descend``, scored by the error rate on validation (tuning seeds) or test part; inf where it diverged.

    Tuning looks at the last point only, since evaluations are a third of the cost.
    """
    looked = replace(cell, evaluate_every=cell.steps) if split == "tuning" else cell
    descent, summary = descend(looked, split, rates, count)
    error = 1 - summary["final_valid_accuracy" if split == "tuning" else "final_test_accuracy"]
    return descent, summary.assign(score=error.where(summary["status"] != Status.DIVERGED.label, np.inf))


def _scores(summary: pd.DataFrame, setting: str, batch: int, at_edge: bool) -> pd.DataFrame:
    """One row a test seed; columns of ``SCORES``. The accuracy of a network that diverged is what it is: chance."""
    return pd.DataFrame(
        {
            "setting": setting,
            "batch": batch,
            "seed": summary["seed"],
            "rate": summary["rate"],
            "at_edge": at_edge,
            "test_accuracy": 100 * summary["final_test_accuracy"],
            "valid_accuracy": 100 * summary["final_valid_accuracy"],
            "train_loss": summary["final_loss"],
            "diverged": summary["status"] == Status.DIVERGED.label,
        }
    )
