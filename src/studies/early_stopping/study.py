"""Savings and costs of early stopping (row R60, claim C15; Prechelt 1998)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import check_count, field_error
from src.core.result import Result, Tables
from src.engine.descend import DescentResult, Series
from src.monitor.rule import StoppingRule
from src.problems.learning import LearningTask
from src.problems.with_test_metrics import WithTestMetrics
from src.protocol.answers import printed_verdicts
from src.protocol.bare_methods import bare_methods
from src.protocol.claims import Claim, check_kinds
from src.protocol.study import Cell, Study
from src.protocol.tuning.tune import TuningResult, descend, tune
from src.studies.early_stopping.claims import KINDS, ComparedRules, verdicts
from src.studies.early_stopping.price import (
    agreement_shares,
    agreement_table,
    series_table,
    stops_table,
    tradeoff_table,
)
from src.studies.early_stopping.rules import Replayed, RuleGrid
from src.tables.concat_tables import concat_tables
from src.tables.end_metrics import end_metrics
from src.tables.run_tables import curves_table

LABELS = ("problem", "method")


@dataclass(frozen=True, kw_only=True)
class EarlyStopping(Study):
    """Trains to the end of the budget, replays every rule over the recorded series, and acts on some rules live.

    Attributes:
        name, question, how_to_read: words of every study.
        rate_factors: multiples of the tuned learning rate to train at, the first of them 1.
        tune_every: epochs between two evaluations while the learning rate is tuned. The learning rate with the lowest
            best validation loss of the run is chosen: with early stopping, the end of the budget does not matter.
        replayed: stopping rules to replay.
        textbook: name of the rule of row R60 among the replayed rules.
        live: names of the rules that are also acted on, and must then fire at the steps of their replay.
        claims: ``C15.a`` (share of the budget that the textbook's rule saves), ``C15.b`` (its cost in the best
            validation loss, in decades), and for each family from its fastest to its slowest rule ``C15.c`` (test
            loss, in decades) and ``C15.d`` (training time, in decades).
    """

    name: str
    question: str
    how_to_read: str
    rate_factors: Sequence[float]
    tune_every: int
    replayed: RuleGrid
    textbook: str
    live: Sequence[str]
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_count(self, "tune_every")
        check_kinds(self, self.claims, KINDS)
        if not self.rate_factors or self.rate_factors[0] != 1:
            raise field_error(self, "rate_factors", self.rate_factors, "a list of factors that begins with 1")
        rules = {rule.name: rule for rule in self.replayed.rules()}
        if self.textbook not in rules:
            raise field_error(self, "textbook", self.textbook, "one of " + ", ".join(rules))
        for name in self.live:
            if name not in rules or rules[name].rule is None:
                raise field_error(self, "live", name, "a rule that is replayed and sees one metric")

    def measure(self, cell: Cell) -> Result:
        """Tune, train the test seeds to the end, replay all rules, and act on some."""
        if not isinstance(cell.problem, LearningTask):
            raise field_error(
                "EarlyStopping", "problem", cell.names["problem"], "a learning task, which has a test part"
            )
        seldom = replace(cell, evaluate_every=cell.epoch * self.tune_every)
        tuning = tune(seldom, -np.inf) if not cell.learning_rate else None
        rate, at_edge = _best_of_the_run(tuning) if tuning else (float(cell.learning_rate or 0), False)
        with_test = replace(cell, problem=WithTestMetrics(inner=cell.problem))
        rates = rate * np.asarray(self.rate_factors, dtype=float)
        descent, summary = descend(with_test, "test", rates, cell.seeds)
        rules = self.replayed.rules()
        factors = np.tile(np.asarray(self.rate_factors, dtype=float), cell.seeds)
        agreement = self._agreement(cell, descent, rates, rules)
        tables: Tables = {
            "summary": pd.concat([tuning.summary, summary], ignore_index=True) if tuning else summary,
            "curves": curves_table(_first_rate(descent, len(rates))),
            "series": series_table(descent, factors),
            "stops": stops_table(descent, rules, factors),
            "agreement": agreement,
        }
        if tuning:
            tables["rates"] = tuning.rates.assign(chosen=np.isclose(tuning.rates["learning_rate"], rate))
        at_tuned = summary[np.isclose(summary["learning_rate"], rate)]
        metrics, missing = end_metrics(at_tuned, rate, cell.problem.target)
        metrics["replay_agreement"] = float(agreement["agrees"].mean())
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "best_learning_rate": rate,
            "learning_rate_at_edge": at_edge,
            "stopped_step": metrics.get("stopped_step"),
            "tuning_metric": cell.problem.tuning_metric,
            "textbook": self.textbook,
        }
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def gather(self, cells: Sequence[Result]) -> Result:
        """Time against cost of every rule, for each cell and over all of them; the verdicts; live against replay."""
        blocked = _at_edge(cells)
        cells = bare_methods(cells)
        stops = concat_tables(cells, "stops")
        summary = concat_tables(cells, "summary")
        tables: Tables = {
            "summary": summary[summary["split"] == "test"],
            "by_task": tradeoff_table(stops, by=LABELS),
            "tradeoff": tradeoff_table(stops),
            "agreement": agreement_shares(concat_tables(cells, "agreement")),
        }
        first = cells[0].about
        rules = ComparedRules(
            textbook=self.textbook,
            ends=list(self._ends()),
            rate_factors=self.rate_factors,
            budget=f"{len(cells)} tasks and methods, {first['seeds']} seeds",
            blocked=blocked,
        )
        tables["verdicts"], missing = verdicts(self.claims, rules, stops)
        about = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"], "textbook": self.textbook}
        agrees = tables["agreement"]
        share = float((agrees["share"] * agrees["replicates"]).sum() / agrees["replicates"].sum())
        return Result(tables=tables, metrics={"replay_agreement": share}, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Share of the budget that the textbook's rule trains, and its cost in test loss, at each learning rate."""
        tradeoff = gathered.tables["tradeoff"]
        rows: list[tuple[object, ...]] = []
        for row in tradeoff[tradeoff["rule"] == self.textbook].to_dict("records"):
            about = (
                f"{self.textbook}, {row['rate_factor']:g} times the tuned learning rate, mean over tasks and methods"
            )
            time = (row["time"], row["time_low"], row["time_high"])
            cost = (row["test_cost"], row["test_cost_low"], row["test_cost_high"])
            rows.append(("share_of_budget_trained", *time, "share", about))
            rows.append(("test_loss_cost", *cost, "decades", about))
        return rows[:4]

    def answer(self, gathered: Result) -> Tables:
        """The verdicts, the rules that no other beats in both time and cost, and live against replay."""
        tradeoff = gathered.tables["tradeoff"]
        wanted = ["rate_factor", "rule", "time", "test_cost", "test_cost_low", "test_cost_high", "accuracy_cost"]
        front = tradeoff.loc[tradeoff["front"], wanted]
        return {
            self.question: printed_verdicts(gathered),
            "No rule is both faster and better (time as share of the budget; test loss in decades, accuracy in "
            "points above the whole run's):": front,
            "Acted on live, share of seeds that stop at the step of the replay:": gathered.tables["agreement"],
        }

    def _agreement(
        self, cell: Cell, descent: DescentResult, rates: np.ndarray, rules: Sequence[Replayed]
    ) -> pd.DataFrame:
        found = []
        for rule in rules:
            if rule.name in self.live and isinstance(rule.rule, StoppingRule):
                acting = replace(rule.rule, freeze=True, gradient_tolerance=cell.stopping.gradient_tolerance)
                live = descend(replace(cell, stopping=acting), "test", rates, cell.seeds)[0]
                found.append(agreement_table(rule.name, live, rule.stops(descent)))
        return pd.concat(found, ignore_index=True) if found else agreement_table("", descent, descent.stopped_step)

    def _ends(self) -> Iterator[tuple[str, str]]:
        """Names of each family's fastest and slowest rule; patience has the textbook's metric and min_delta."""
        rules = self.replayed.rules()
        book = next(rule for rule in rules if rule.name == self.textbook)
        for family in dict.fromkeys(rule.family for rule in rules):
            own = [rule for rule in rules if rule.family == family]
            if family == book.family:
                own = [rule for rule in own if (rule.metric, rule.min_delta) == (book.metric, book.min_delta)]
            yield own[0].name, own[-1].name


def _at_edge(cells: Sequence[Result]) -> str:
    """The reason that blocks verdicts where a tuned learning rate lies on an edge, or nothing."""
    edge = [str(cell.about["method"]) for cell in cells if cell.about["learning_rate_at_edge"]]
    return f"the tuned rate lies on the edge of what was tried: {', '.join(edge)}" if edge else ""


def _best_of_the_run(tuning: TuningResult) -> tuple[float, bool]:
    """The learning rate with the lowest median of best validation losses, and whether it is an edge of the grid."""
    lowest = tuning.summary.groupby("learning_rate")["best_loss"].median()
    best = int(lowest.to_numpy().argmin())
    return float(lowest.index.to_numpy(float)[best]), best in (0, len(lowest) - 1)


def _first_rate(descent: DescentResult, rates: int) -> DescentResult:
    """The replicates at the first of ``rates`` learning rates."""
    series = {name: Series(one.steps, one.values[:, ::rates]) for name, one in descent.series.items()}
    return replace(descent, series=series)
