"""The ledger of claims by hand: overall verdicts, the false discovery rate over all rows, and rows without runs."""

import numpy as np
import pandas as pd
import pytest

from src.protocol.claims import Claim, verdicts_table
from src.protocol.ledger import (
    LEDGER,
    cards_table,
    ledger_table,
    overall,
    rule_digest,
    sentence,
    verdict_metrics,
    verdict_tags,
    with_discovery_rate,
)
from src.statistics.intervals import Estimate

CLAIM = Claim(statement="A is better.", estimand="share of seeds", smallest_effect=0.5, direction="above")
CHANGED = Claim(
    statement="B is better.",
    estimand="share",
    smallest_effect=0.0,
    direction="below",
    changed="the room was",
    seen_roots=(0,),
)
SUPPORTS, REFUTES, UNDECIDED = Estimate(0.8, 0.7, 0.9), Estimate(0.2, 0.1, 0.3), Estimate(0.5, 0.1, 0.9)
REFERENCES = {"R61": ("", "Detector"), "C2": ("N", "A is better"), "C10": ("N, T", "B is better"), "C33": ("T", "D")}


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["supported"], "supported"),
        (["refuted"], "refuted"),
        (["supported", "supported", "inconclusive"], "supported"),
        (["refuted", "refuted", "inconclusive"], "refuted"),
        (["supported", "inconclusive"], "inconclusive"),
        (["refuted", "inconclusive"], "inconclusive"),
        (["supported", "refuted"], "mixed"),
        (["supported", "supported", "supported", "refuted"], "mixed"),
        (["supported", "blocked", "blocked"], "supported"),
        (["blocked"], "blocked"),
        ([], "blocked"),
    ],
)
def test_the_verdict_over_all_settings(verdicts, expected):
    assert overall(verdicts) == expected


def test_a_rule_has_another_digest_when_anything_that_decides_on_it_changes():
    changes = (
        {"statement": "A is worse."},
        {"estimand": "share"},
        {"smallest_effect": 0.4},
        {"direction": "below"},
        {"fewest_seeds": 7},
    )
    plain = {name: getattr(CLAIM, name) for name in CLAIM.__dataclass_fields__}
    digests = {rule_digest(Claim(**plain | change)) for change in changes}
    assert len(digests | {rule_digest(CLAIM)}) == 1 + len(changes)
    assert rule_digest(Claim(**plain | {"changed": "the grid was", "seen_roots": (1,)})) == rule_digest(CLAIM)


RULES = {("s", "C2", rule_digest(CLAIM)): "2026-01-02", ("other", "R61", rule_digest(CLAIM)): "2026-01-03"}


def all_verdicts():
    rows = [
        CLAIM.settle("C2", estimate, str(place)) for place, estimate in enumerate((SUPPORTS, SUPPORTS, UNDECIDED))
    ]
    rows += [CHANGED.settle("C10.a", Estimate(-0.1, -0.2, -0.001), "p"), CLAIM.settle("R61", REFUTES, "q")]
    table = verdicts_table(rows).assign(study="s", profile="full")
    table.loc[0, "half_seeds"] = "inconclusive"
    table["other_root"] = ["refuted", "refuted", "inconclusive", "", "refuted"]
    return with_discovery_rate(table)


def ledger(root_seed=0):
    cards = cards_table({"C2": CLAIM, "C10.a": CHANGED, "C10.b": CHANGED, "R61": CLAIM}, root_seed)
    cards = cards.assign(study="s", profile="full")
    return ledger_table(cards, all_verdicts(), REFERENCES, RULES).set_index("claim")


def test_a_row_holds_counts_the_median_setting_and_who_asserts_it():
    found = ledger()
    assert list(found.index) == ["C2", "C10.a", "C10.b", "C33", "R61"]
    assert list(found.reset_index().columns) == list(LEDGER)
    row = found.loc["C2"]
    assert (row["verdict"], row["settings"], row["supported"], row["inconclusive"]) == ("supported", 3, 2, 1)
    assert (row["estimate"], row["low"], row["high"]) == SUPPORTS
    assert (row["asserted_by"], row["standing"], row["root_seed"], row["half_seeds"]) == (
        "N", "registered", 0, "inconclusive",
    )  # fmt: skip
    assert found["rule_date"].tolist() == ["2026-01-02", "", "", "", ""]
    assert found["other_root"].tolist() == ["refuted", "", "", "", "refuted"]
    assert row["reason"] == "3 settings: 2 supported, 1 inconclusive"
    assert found.loc["C10.a", "standing"] == "explored"
    assert ledger(root_seed=5).loc["C10.a", "standing"] == "registered"


def test_what_has_no_runs_or_no_study_is_blocked_with_the_reason():
    found = ledger()
    assert tuple(found.loc["C10.b", ["verdict", "reason"]]) == ("blocked", "the study lacks the runs that it needs")
    assert tuple(found.loc["C33", ["verdict", "reason"]]) == ("blocked", "not yet in the laboratory")


def test_the_discovery_rate_takes_back_what_is_decided_by_a_hair():
    """By hand: -0.1 lies 0.1 / 0.099 * 1.96 = 1.98 errors from 0, so p = 0.0477; q = 0.0477 * 5 / 4 = 0.0596."""
    rows = all_verdicts().set_index("claim")
    assert rows.loc["C10.a", "p"] == pytest.approx(0.0477, abs=2e-4)
    assert rows.loc["C10.a", "q"] == pytest.approx(0.0596, abs=3e-4)
    assert tuple(rows.loc["C10.a", ["verdict", "verdict_fdr"]]) == ("supported", "inconclusive")
    assert tuple(rows.loc["R61", ["verdict", "verdict_fdr"]]) == ("refuted", "refuted")
    assert tuple(ledger().loc["C10.a", ["verdict", "verdict_fdr"]]) == ("supported", "inconclusive")


def test_a_blocked_row_has_no_p_value_and_costs_the_others_nothing():
    blocked = CLAIM.settle("C2", SUPPORTS, "edge", blocked="the rate is at the grid's edge")
    table = with_discovery_rate(verdicts_table([blocked, CLAIM.settle("C2", SUPPORTS, "p")]))
    assert np.isnan(table.loc[0, "p"])
    assert table.loc[1, "q"] == table.loc[1, "p"]


def test_sentences_say_verdict_effect_and_how_sure():
    said = {claim: sentence(row) for claim, row in ledger().iterrows()}
    assert said["C2"] == (
        "Supported: A is better. Effect 0.8 [0.7, 0.9]; the claim expects more than 0.5; this is the median one of 3 "
        "settings. 2 supported, 1 inconclusive. From half of the seeds: inconclusive. "
        "From fewer seeds, of another root seed: refuted."
    )
    assert "With the false discovery rate of the whole ledger held: inconclusive." in said["C10.a"]
    assert said["C10.a"].endswith("Explored: after a look at results of this root seed, the room was changed.")
    fresh = sentence(ledger(root_seed=5).loc["C10.a"])
    assert fresh.endswith(
        "After a look at results of another root seed, the room was changed; this verdict is fresh."
    )
    assert said["R61"].startswith("Refuted: A is better. Effect 0.2 [0.1, 0.3]")
    assert said["C33"] == "No verdict: D Reason: not yet in the laboratory."
    assert pd.Series(said).str.contains("nan").sum() == 0


def test_a_studys_summary_run_bears_its_verdicts_and_effects():
    verdicts = all_verdicts()
    assert verdict_tags(verdicts) == {
        "verdict.C10.a": "supported", "verdict.C2": "supported", "verdict.R61": "refuted",
    }  # fmt: skip
    metrics = verdict_metrics(verdicts)
    assert [metrics[f"{name}.C2"] for name in ("effect", "effect_low", "effect_high")] == list(SUPPORTS)
    unknown = verdicts_table([CLAIM.settle("C2", Estimate(np.inf, np.nan, np.nan), "p")])
    assert verdict_metrics(unknown) == {}
