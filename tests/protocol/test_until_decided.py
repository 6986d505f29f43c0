"""Seeds are added until claims are decided: the error over all looks, power, and what is kept of earlier looks."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from src.core.result import Result
from src.protocol.claims import Claim, settle_each
from src.protocol.join_seeds import join_seeds
from src.protocol.study import Study
from src.protocol.summary import StudyError
from src.protocol.until_decided import DECIDED, followed, until_decided
from src.statistics.intervals import bootstrap, confidence_level, mean, wilson
from src.statistics.looks import Look, plan_looks

BLOCK, BLOCKS = 20, 4
NAIVE = [Look(number, number, 0.95) for number in range(1, BLOCKS + 1)]  # each look at 95 %, whatever came before
NULLS = {"share": 0.6, "mean": 0.0, "median": 0.0}  # smallest effects; also the truth on the boundary
SEQUENCES = 2500  # of looks, for each kind of interval
KINDS = {
    "share": lambda values: wilson(float(values.mean()), len(values)),
    "mean": lambda values: bootstrap(values, mean),
    "median": bootstrap,
}


@dataclass(frozen=True, kw_only=True)
class Planted(Study):
    """One cell, whose runs have a row of drawn values per seed; a claim for each kind of interval.

    Columns are called by a claim and a number. Each is a setting of the claim, independent of the others.
    """

    claims: dict[str, Claim] = field(
        default_factory=lambda: {
            name: Claim(statement="So.", estimand=name, smallest_effect=null, direction="above")
            for name, null in NULLS.items()
        }
    )
    name: str = "planted"
    question: str = "Which?"
    how_to_read: str = "So."
    blocked: str = ""

    of_all_seeds = ("curves",)

    def measure(self, cell):
        raise NotImplementedError

    def gather(self, cells):
        values = cells[0].tables["summary"]

        def settle(name, claim):
            for column in values.columns[values.columns.str.startswith(name)]:
                found = KINDS[name](values[column].to_numpy())
                yield claim.settle(name, found, f"{len(values)} seeds", self.blocked)

        table, missing = settle_each(self.claims, settle)
        return Result(tables={"summary": values, "verdicts": table}, metrics={}, missing=missing)

    def headline(self, gathered):
        return [("share", 0.5, np.nan, np.nan, "1", f"at {confidence_level():.4f}")]

    def answer(self, gathered):
        return {}


STUDY = Planted()


def blocks_of(rng, settings=1, *, share=NULLS["share"], shift=0.0):
    """Blocks of seeds: zeros and ones, normal values, and normal values with a heavy tail, around their truths."""

    def block(number: int):
        shape = (settings, BLOCK)
        tail = np.where(rng.random(shape) < 0.2, 10.0, 1.0)
        drawn = {
            "share": (rng.random(shape) < share).astype(float),
            "mean": shift + rng.standard_normal(shape),
            "median": shift + tail * rng.standard_normal(shape),
        }
        values = {f"{name}{place}": row for name, rows in drawn.items() for place, row in enumerate(rows)}
        seeds = number * BLOCK + np.arange(BLOCK)
        summary = pd.DataFrame({"problem": "p", "method": "a", "split": "test", "seed": seeds, **values})
        return [Result(tables={"summary": summary}, metrics={}, about={"seeds": BLOCK})]

    return block


def verdicts_of(looks, sequences, **truth) -> pd.DataFrame:
    """Verdicts of so many independent sequences of looks for each claim."""
    block = blocks_of(np.random.default_rng(0), sequences, **truth)
    return until_decided(STUDY, block, looks, list(NULLS)).result.tables["verdicts"]


def shares(verdicts, kind):
    """Share of the sequences of each claim that have come to a verdict of this kind."""
    return (verdicts["verdict"] == kind).groupby(verdicts["claim"]).mean().to_dict()


@pytest.mark.slow
def test_on_the_boundary_planned_looks_decide_falsely_in_a_twentieth_of_the_sequences_at_most():
    planned, naive = verdicts_of(plan_looks(BLOCKS), SEQUENCES), verdicts_of(NAIVE, SEQUENCES // 5)
    noise = 2 * np.sqrt(0.025 / SEQUENCES)
    supported, refuted = (shares(planned, kind) for kind in DECIDED)
    for claim in NULLS:
        assert supported[claim] + refuted[claim] <= 0.05
        assert max(supported[claim], refuted[claim]) <= 0.025 + noise
        assert sum(shares(naive, kind)[claim] for kind in DECIDED) > 0.09


@pytest.mark.slow
def test_a_plain_effect_is_decided_early_and_a_small_one_by_more_seeds():
    plain = verdicts_of(plan_looks(BLOCKS), 100, share=0.97, shift=2.0)
    small = verdicts_of(plan_looks(BLOCKS), 200, share=0.8, shift=0.5)
    assert shares(plain, "supported") == dict.fromkeys(NULLS, 1)
    assert plain["seeds"].mean() < 1.2 * BLOCK
    power = shares(small, "supported")
    assert power["share"] > 0.85
    assert power["mean"] > 0.9
    assert power["median"] > 0.6
    assert BLOCK < small["seeds"].mean() < 0.75 * BLOCK * BLOCKS


def test_a_row_that_was_decided_stays_as_it_was_at_its_look():
    def block(number):
        [cell] = blocks_of(np.random.default_rng(1))(number)
        table = cell.tables["summary"].assign(share0=float(number == 0), mean0=np.linspace(1, 2, BLOCK))
        return [Result(tables={"summary": table}, metrics={}, about=cell.about)]

    looks = plan_looks(BLOCKS)
    found = until_decided(STUDY, block, looks, list(NULLS))
    rows = found.result.tables["verdicts"].set_index("claim")
    first = wilson(1.0, BLOCK, confidence=looks[0].confidence)
    assert tuple(rows.loc["share", ["estimate", "low", "high"]]) == pytest.approx(tuple(first))
    assert list(rows.loc["share", ["verdict", "look", "seeds"]]) == ["supported", 1, BLOCK]
    assert rows.loc["share", "confidence"] == looks[0].confidence
    history = found.result.tables["looks"]
    assert history[history["claim"] == "share"]["estimate"].tolist() == [
        1 / number for number in range(1, found.looks + 1)
    ]
    assert found.decided["share"] == found.decided["mean"] == 1
    assert found.result.metrics["decided_at_look.share"] == 1
    assert found.result.metrics["seeds_spent"] == found.seeds == found.looks * BLOCK
    assert found.result.tables["headline"]["about"].tolist() == [f"at {looks[found.looks - 1].confidence:.4f}"]


def test_only_the_wanted_claims_are_waited_for():
    truth = {"share": 0.6, "shift": 3.0}
    found = until_decided(STUDY, blocks_of(np.random.default_rng(3), **truth), plan_looks(BLOCKS), ["mean"])
    assert (found.looks, found.decided) == (1, {"mean": 1})
    every = until_decided(STUDY, blocks_of(np.random.default_rng(3), **truth), plan_looks(BLOCKS), list(NULLS))
    assert every.looks > 1


def test_blocked_rows_are_not_waited_for():
    found = until_decided(
        Planted(blocked="unfair"), blocks_of(np.random.default_rng(0)), plan_looks(BLOCKS), list(NULLS)
    )
    assert found.looks == 1
    assert set(found.result.tables["verdicts"]["verdict"]) == {"blocked"}


def test_what_is_never_decided_spends_the_budget():
    found = until_decided(STUDY, blocks_of(np.random.default_rng(0)), plan_looks(BLOCKS), ["mean"])
    assert (found.seeds, found.looks, found.decided) == (BLOCK * BLOCKS, BLOCKS, {"mean": None})
    assert "decided_at_look.mean" not in found.result.metrics


def test_blocks_that_are_not_looked_at_are_run_all_the_same():
    taken = []

    def block(number):
        taken.append(number)
        return blocks_of(np.random.default_rng(0))(number)

    found = until_decided(STUDY, block, [Look(1, 3, 0.95)], ["mean"])
    assert taken == [0, 1, 2]
    assert found.seeds == 3 * BLOCK


def test_of_a_claim_with_more_rows_than_before_none_is_kept():
    rows = pd.DataFrame({"claim": ["C1", "C2"], "verdict": ["supported", "refuted"], "look": 1})
    now = pd.DataFrame({"claim": ["C1", "C1", "C2"], "verdict": ["inconclusive"] * 3, "look": 2})
    assert followed(rows, now)["verdict"].tolist() == ["inconclusive", "inconclusive", "refuted"]
    assert followed(rows, now)["look"].tolist() == [2, 2, 1]


def cell(seeds, **tables):
    return Result(tables=tables, metrics={"final_loss": 1.0}, about={"seeds": len(seeds)})


def table(seeds, value=0.0):
    return pd.DataFrame({"split": ["tuning", *["test"] * len(seeds)], "seed": [0, *seeds], "value": value})


def test_blocks_are_joined_by_seed_with_the_tuning_of_the_first():
    theory = pd.DataFrame({"rate": [0.1], "expected": [2.0]})
    curves = [pd.DataFrame({"step": [0], "median": [value]}) for value in (1.0, 2.0)]
    blocks = zip(([0, 1], [2, 3]), curves, strict=True)
    parts = [cell(seeds, summary=table(seeds), theory=theory, curves=one) for seeds, one in blocks]
    joined = join_seeds(STUDY, parts)
    pd.testing.assert_frame_equal(joined.tables["summary"], table([0, 1, 2, 3]))
    assert list(joined.tables) == ["summary", "theory"]
    assert joined.about["seeds"] == 4
    assert join_seeds(STUDY, parts[:1]) is parts[0]


def test_what_is_of_all_seeds_is_not_joined_in_silence():
    other = [cell([number], summary=table([number]), share=pd.DataFrame({"share": [number]})) for number in (0, 1)]
    with pytest.raises(StudyError, match="its table share is of all seeds together"):
        join_seeds(STUDY, other)
    with pytest.raises(StudyError, match="summary has a seed in two blocks"):
        join_seeds(STUDY, [cell([0, 1], summary=table([0, 1])), cell([1, 2], summary=table([1, 2]))])
    changed = [Result(tables={}, metrics={}, about={"seeds": 1, "share": number}) for number in (0, 1)]
    with pytest.raises(StudyError, match="share is of all seeds together"):
        join_seeds(STUDY, changed)
