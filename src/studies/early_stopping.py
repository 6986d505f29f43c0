"""What does early stopping save, and what does it cost? (row R60, claim C15; Prechelt 1998)"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import check_count, refuse
from src.engine.descend import Descent, Series
from src.monitor.rule import StoppingRule
from src.problems.learning import LearningTask
from src.statistics.intervals import Estimate
from src.studies.claims import Claim, verdicts_table
from src.studies.disclosed import Disclosed
from src.studies.metrics import end_metrics
from src.studies.replicates import curves_table
from src.studies.stopping_price import (
    agreement_shares,
    agreement_table,
    contrast,
    pooled,
    series_table,
    stops_table,
    tradeoff_table,
)
from src.studies.stopping_rules import Replayed, RuleGrid
from src.studies.study import Cell, Measured, Study, Tables
from src.studies.tuned_run import Tuned, descend, tune

LABELS = ("problem", "method")


@dataclass(frozen=True, kw_only=True)
class EarlyStopping(Study):
    """Trains to the end of the budget, replays every rule over what was recorded, and acts on some rules live.

    Attributes:
        name, question, reading: as in every study.
        rate_factors: multiples of the tuned rate to train at, the first of them 1.
        tune_every: epochs between two evaluations while the rate is tuned. The rate chosen is the one whose best
            validation loss of the run is lowest: with early stopping, the end of the budget does not matter.
        replayed: the rules.
        textbook: name of the rule of row R60 among them.
        live: names of the rules to act on as well, which must then fire at the very steps of their replay.
        claims: ``C15a`` (share of the budget that the textbook's rule saves), ``C15b`` (its cost in the best
            validation loss, in decades), and for each family from its fastest to its slowest rule ``C15c`` (test
            loss, in decades) and ``C15d`` (training time, in decades).
    """

    name: str
    question: str
    reading: str
    rate_factors: Sequence[float]
    tune_every: int
    replayed: RuleGrid
    textbook: str
    live: Sequence[str]
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_count(self, "tune_every")
        if not self.rate_factors or self.rate_factors[0] != 1:
            raise refuse(self, "rate_factors", self.rate_factors, "a list of factors that begins with 1")
        rules = {rule.name: rule for rule in self.replayed.rules()}
        if self.textbook not in rules:
            raise refuse(self, "textbook", self.textbook, "one of " + ", ".join(rules))
        for name in self.live:
            if name not in rules or rules[name].rule is None:
                raise refuse(self, "live", name, "a rule that is replayed and sees one metric")

    def measure(self, cell: Cell) -> Measured:
        """Tune, train the test seeds to the end, replay all rules, and act on some."""
        if not isinstance(cell.problem, LearningTask):
            raise refuse("EarlyStopping", "problem", cell.names["problem"], "a learning task, which has a test part")
        tuned = tune(replace(cell, evaluate_every=cell.epoch * self.tune_every), -np.inf) if not cell.rate else None
        rate, at_edge = _best_of_the_run(tuned) if tuned else (float(cell.rate or 0), False)
        disclosed = replace(cell, problem=Disclosed(inner=cell.problem))
        rates = rate * np.asarray(self.rate_factors, dtype=float)
        descent, summary = descend(disclosed, "test", rates, cell.seeds)
        rules = self.replayed.rules()
        factors = np.tile(np.asarray(self.rate_factors, dtype=float), cell.seeds)
        agreement = self._agreement(cell, descent, rates, rules)
        tables: Tables = {
            "summary": pd.concat([tuned.summary, summary], ignore_index=True) if tuned else summary,
            "curves": curves_table(_first_rate(descent, len(rates))),
            "series": series_table(descent, factors),
            "stops": stops_table(descent, rules, factors),
            "agreement": agreement,
        }
        if tuned:
            tables["rates"] = tuned.rates.assign(chosen=np.isclose(tuned.rates["rate"], rate))
        at_tuned = summary[np.isclose(summary["rate"], rate)]
        metrics, missing = end_metrics(at_tuned, rate, cell.problem.target)
        metrics["replay_agreement"] = float(agreement["agrees"].mean())
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "best_rate": rate,
            "rate_at_edge": at_edge,
            "method": cell.names["optimizer"].partition(" (")[0],
            "stopped_step": metrics.get("stopped_step"),
            "criterion": cell.problem.criterion,
            "textbook": self.textbook,
        }
        return Measured(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Time against cost of every rule, for each cell and over all of them; the verdicts; live against replay."""
        labels = [{name: cell.about[name] for name in LABELS} for cell in cells]
        stops = pd.concat(
            [cell.tables["stops"].assign(**label) for cell, label in zip(cells, labels, strict=True)],
            ignore_index=True,
        )
        agreement = [cell.tables["agreement"].assign(**label) for cell, label in zip(cells, labels, strict=True)]
        tables: Tables = {
            "by_task": tradeoff_table(stops, by=LABELS),
            "tradeoff": tradeoff_table(stops),
            "agreement": agreement_shares(pd.concat(agreement, ignore_index=True)),
        }
        tables["verdicts"] = verdicts_table(list(self._verdicts(cells, stops)))
        first = cells[0].about
        about = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"], "textbook": self.textbook}
        agrees = tables["agreement"]
        share = float((agrees["share"] * agrees["replicates"]).sum() / agrees["replicates"].sum())
        return Measured(tables=tables, metrics={"replay_agreement": share}, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """The verdicts, the rules that no other beats in both time and cost, and live against replay."""
        tradeoff = gathered.tables["tradeoff"]
        wanted = ["rate_factor", "rule", "time", "test_cost", "test_cost_low", "test_cost_high", "accuracy_cost"]
        front = tradeoff.loc[tradeoff["front"], wanted]
        verdicts = gathered.tables["verdicts"].drop(columns=["says", "reason"])
        return {
            self.question: verdicts,
            "No rule is both faster and better (time as share of the budget; test loss in decades, accuracy in "
            "points above the whole run's):": front,
            "Acted on live, share of seeds that stop at the step of the replay:": gathered.tables["agreement"],
        }

    def _agreement(self, cell: Cell, descent: Descent, rates: np.ndarray, rules: Sequence[Replayed]) -> pd.DataFrame:
        found = []
        for rule in rules:
            if rule.name in self.live and isinstance(rule.rule, StoppingRule):
                acting = replace(rule.rule, freeze=True, gradient_tolerance=cell.stopping.gradient_tolerance)
                live = descend(replace(cell, stopping=acting), "test", rates, cell.seeds)[0]
                found.append(agreement_table(rule.name, live, rule.stops(descent)))
        return pd.concat(found, ignore_index=True) if found else agreement_table("", descent, descent.stopped_step)

    def _verdicts(self, cells: Sequence[Measured], stops: pd.DataFrame) -> Iterator[dict[str, object]]:
        edge = [str(cell.about["optimizer"]) for cell in cells if cell.about["rate_at_edge"]]
        blocked = f"the tuned rate lies on the edge of what was tried: {', '.join(edge)}" if edge else ""
        budget = f"{len(cells)} tasks and methods, {cells[0].about['seeds']} seeds"
        for factor in self.rate_factors:
            rows = stops[stops["rate_factor"] == factor]
            at = f"{budget}, {factor:g} times the tuned rate"
            own = rows[rows["rule"] == self.textbook]
            known: list[tuple[str, Estimate, str]] = [
                ("C15a", pooled(own.assign(saved=1 - own["time"]), "saved"), f"{self.textbook}; {at}"),
                ("C15b", pooled(own, "valid_cost"), f"{self.textbook}; {at}"),
            ]
            for fast, slow in self._ends():
                settings = f"{fast} to {slow}; {at}"
                known.append(("C15c", contrast(rows, fast, slow, "test_cost"), settings))
                known.append(("C15d", contrast(rows, fast, slow, "log_time"), settings))
            for claim, estimate, settings in known:
                if claim in self.claims:
                    yield self.claims[claim].settle(claim, estimate, settings, blocked)

    def _ends(self) -> Iterator[tuple[str, str]]:
        """Names of each family's fastest and slowest rule; of patience, on the textbook's metric and min_delta."""
        rules = self.replayed.rules()
        book = next(rule for rule in rules if rule.name == self.textbook)
        for family in dict.fromkeys(rule.family for rule in rules):
            own = [rule for rule in rules if rule.family == family]
            if family == book.family:
                own = [rule for rule in own if (rule.metric, rule.min_delta) == (book.metric, book.min_delta)]
            yield own[0].name, own[-1].name


def _best_of_the_run(tuned: Tuned) -> tuple[float, bool]:
    """The rate whose lowest validation loss of the run is lowest in the median, and whether it is an edge."""
    lowest = tuned.summary.groupby("rate")["best_loss"].median()
    best = int(lowest.to_numpy().argmin())
    return float(lowest.index.to_numpy(float)[best]), best in (0, len(lowest) - 1)


def _first_rate(descent: Descent, rates: int) -> Descent:
    """The replicates at the first of ``rates`` rates."""
    series = {name: Series(one.steps, one.values[:, ::rates]) for name, one in descent.series.items()}
    return replace(descent, series=series)
