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


@dataclass(frozen=True, kw_only=True)
class ByMean(Fixed):
    """A study whose verdict on C1 is on the mean score over the cell's test seeds, and on C2 on none of them."""

    def gather(self, cells):
        scores = cells[0].tables["scores"]
        mean = scores.loc[scores["split"] == "test", "score"].mean()
        rows = [CLAIM.settle("C1", Estimate(mean, mean - 0.1, mean + 0.1), f"{len(scores)} rows")]
        rows += [SEEDLESS.settle("C2", ABOVE, "p")] if self.claims.keys() >= {"C2"} else []
        return Result(tables={"summary": summary(6), "verdicts": verdicts_table(rows)}, metrics={})


def halves(scores, claims):
    tables = {
        "scores": pd.DataFrame(
            {
                "seed": [*range(len(scores)), 7, 8, 9],
                "split": ["test"] * len(scores) + ["tuning"] * 3,
                "score": [*scores, 0.0, 0.0, 0.0],
            }
        )
    }
    gathered = gather_study(ByMean(tables={}, claims=claims), [Result(tables=tables, metrics={})])
    return gathered.tables["verdicts"][["verdict", "half_seeds"]].to_numpy().tolist()


def test_half_of_the_seeds_may_say_otherwise():
    """Means of all and of the first three: 0.8 and 0.9, 0.55 and 0.9, 0.8 and 0.3."""
    only = {"C1": CLAIM}
    assert halves([0.9, 0.9, 0.9, 0.7, 0.7, 0.7], only) == [["supported", "supported"]]
    assert halves([0.9, 0.9, 0.9, 0.2, 0.2, 0.2], only) == [["inconclusive", "supported"]]
    assert halves([0.3, 0.3, 0.3, 1.3, 1.3, 1.3], only) == [["supported", "refuted"]]


def test_a_verdict_that_depends_on_no_seed_has_none_from_half_of_them():
    both = {"C1": CLAIM, "C2": SEEDLESS}
    assert halves([0.9, 0.9, 0.9, 0.7, 0.7, 0.7], both) == [["supported", "supported"], ["supported", ""]]
    assert halves([0.75] * 6, {"C1": CLAIM}) == [["supported", ""]]


def test_each_claim_has_a_card_also_one_without_runs():
    tables = {"summary": summary(6), "verdicts": verdicts_table([CLAIM.settle("C1", ABOVE, "p")])}
    study = Fixed(tables=tables, claims={"C1": CLAIM, "C2": SEEDLESS})
    object.__setattr__(study, "gather", lambda cells: Result(tables=tables, metrics={}, missing={"C2": "no runs"}))
    cards = gather_study(study, []).tables["claims"]
    assert cards["claim"].tolist() == ["C1", "C2"]
    assert cards["standing"].tolist() == ["registered", "registered"]
