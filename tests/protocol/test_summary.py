"""What every study owes at the end of a sweep, and the verdicts that few seeds may not give."""

from dataclasses import dataclass, field

import pandas as pd
import pytest

from src.core.result import Result
from src.protocol.claims import Claim, verdicts_table
from src.protocol.study import Study
from src.protocol.summary import OwedTableError, gather_study, headline_metrics
from src.statistics.intervals import Estimate

CLAIM = Claim(statement="A is better.", estimand="share", smallest_effect=0.5, direction="above")
SEEDLESS = Claim(statement="B is better.", estimand="share", smallest_effect=0.5, direction="above", fewest_seeds=1)
ABOVE, BELOW, ACROSS = Estimate(0.8, 0.7, 0.9), Estimate(0.2, 0.1, 0.3), Estimate(0.5, 0.1, 0.9)


@dataclass(frozen=True, kw_only=True)
class Fixed(Study):
    """A study that returns the tables that it is given."""

    tables: dict[str, pd.DataFrame]
    claims: dict[str, Claim] = field(default_factory=dict)
    name: str = "fixed"
    question: str = "Which?"
    how_to_read: str = "So."

    def measure(self, cell):
        raise NotImplementedError

    def gather(self, cells):
        return Result(tables=self.tables, metrics={})

    def headline(self, gathered):
        return [("share", 0.8, 0.7, 0.9, "1", "all")]

    def answer(self, gathered):
        return {}


def summary(seeds):
    return pd.DataFrame({"problem": "p", "method": ["a"] * seeds, "seed": range(seeds)})


def settled(seeds, estimate, blocked=""):
    rows = [one.settle(name, estimate, "p", blocked) for name, one in (("C1", CLAIM), ("C2", SEEDLESS))]
    tables = {"summary": summary(seeds), "verdicts": verdicts_table(rows)}
    gathered = gather_study(Fixed(tables=tables, claims={"C1": CLAIM, "C2": SEEDLESS}), [])
    return gathered.tables["verdicts"].set_index("claim")


@pytest.mark.parametrize(
    ("seeds", "estimate", "expected"),
    [
        (6, ABOVE, "supported"),
        (6, BELOW, "refuted"),
        (5, ABOVE, "inconclusive"),
        (5, BELOW, "inconclusive"),
        (6, ACROSS, "inconclusive"),
    ],
)
def test_fewer_than_six_seeds_settle_nothing(seeds, estimate, expected):
    found = settled(seeds, estimate)
    assert found.loc["C1", "verdict"] == expected
    assert found.loc["C1", "reason"].startswith("5 of at least 6 seeds: [") == (seeds == 5)
    assert found.loc["C2", "verdict"] == settled(6, estimate).loc["C1", "verdict"]  # a claim may need fewer


def test_tuning_seeds_are_no_replicates():
    tables = {
        "summary": pd.concat([summary(3).assign(split="test"), summary(10).assign(split="tuning")]),
        "verdicts": verdicts_table([CLAIM.settle("C1", ABOVE, "p")]),
    }
    gathered = gather_study(Fixed(tables=tables, claims={"C1": CLAIM}), [])
    assert gathered.tables["verdicts"]["reason"].item().startswith("3 of at least 6 seeds")
    assert headline_metrics(gathered)["replicates"] == 3


def test_what_was_not_fair_stays_blocked_whatever_the_seeds():
    found = settled(2, ABOVE, "the best rate is at the grid's edge").loc["C1"]
    assert (found["verdict"], found["reason"]) == ("blocked", "the best rate is at the grid's edge")


@pytest.mark.parametrize(
    ("tuning_seeds", "given"),
    [(0, ""), (1, "what was chosen on 1 tuning seed"), (4, "what was chosen on 4 tuning seeds")],
)
def test_verdicts_say_that_they_depend_on_the_tuning_seeds(tuning_seeds, given):
    rows = summary(6).assign(split="test")
    tuning = summary(tuning_seeds).assign(split="tuning")
    cell = Result(tables={"summary": pd.concat([rows, tuning]), "curves": pd.DataFrame({"step": [1]})}, metrics={})
    tables = {"summary": rows, "verdicts": verdicts_table([CLAIM.settle("C1", ABOVE, "p")])}
    gathered = gather_study(Fixed(tables=tables, claims={"C1": CLAIM}), [cell])
    assert gathered.tables["verdicts"]["given"].tolist() == [given]


@pytest.mark.parametrize(
    ("tables", "claims", "said"),
    [
        ({"summary": summary(0)}, {}, "no table 'summary'"),
        ({"summary": summary(3).drop(columns="seed")}, {}, "table 'summary' lacks the column 'seed'"),
        ({"summary": summary(3)}, {"C1": CLAIM}, "no table 'verdicts'"),
        (
            {"summary": summary(3), "verdicts": verdicts_table([CLAIM.settle("C1", ABOVE, "p")])},
            {"C1": CLAIM, "C2": CLAIM},
            "claim C2 has neither a verdict nor a reason in missing",
        ),
        (
            {"summary": summary(3), "verdicts": verdicts_table([CLAIM.settle("C9", ABOVE, "p")])},
            {"C1": CLAIM},
            "C9, which is none of its claims",
        ),
    ],
)
def test_a_study_that_owes_something_is_told_what(tables, claims, said):
    with pytest.raises(OwedTableError, match=rf"study fixed: .*{said}"):
        gather_study(Fixed(tables=tables, claims=claims), [])
