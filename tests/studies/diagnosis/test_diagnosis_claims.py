"""Claims R61 come out as planted runs have them: supported where nearly all are diagnosed right, else refuted."""

import pandas as pd
import pytest
from claim_rules import claims_of

from src.studies.diagnosis.claims import verdicts

CLAIMS = claims_of("diagnosis")
ENOUGH = 30
RUNS = 200


def known(**shares):
    """Runs of known state: the share diagnosed right on a held-out task, another, a small one and the rest."""
    right = {"held": 0.99, "worst": 0.97, "few": 0.0, "developed": 0.98} | shares
    counts = {"held": RUNS, "worst": RUNS, "few": 5, "developed": RUNS}
    rows = [
        {"problem": name, "split": split, "held_out": name != "developed", "right": i < counts[name] * share}
        for name, share in right.items()
        for split in ("test", "tuning")
        for i in range(counts[name])
        if split == "test" or name == "developed"
    ]
    table = pd.DataFrame(rows)
    table.loc[table["split"] == "tuning", "right"] = False  # what was developed on does not count
    return table


@pytest.mark.parametrize(
    ("name", "false"),
    [
        ("R61.held_out", {"held": 0.7, "worst": 0.7}),
        ("R61.tasks", {"worst": 0.7}),  # the worst of the tasks with enough runs
        ("R61.seeds", {"developed": 0.7}),
    ],
)
def test_a_claim_is_supported_where_it_is_true_and_refuted_where_it_is_false(name, false):
    for changes, expected in (({}, "supported"), (false, "refuted")):
        found, missing = verdicts({name: CLAIMS[name]}, known(**changes), ENOUGH)
        assert missing == {}
        assert found["verdict"].tolist() == [expected]


def test_shares_by_hand_and_what_is_lacking():
    found, _ = verdicts(CLAIMS, known(), ENOUGH)
    estimates = found.set_index("claim")["estimate"].to_dict()
    assert estimates == pytest.approx(
        {"R61.held_out": (0.99 + 0.97) * RUNS / (2 * RUNS + 5), "R61.tasks": 0.97, "R61.seeds": 0.98}
    )
    table = known()
    _, missing = verdicts(CLAIMS, table[~table["held_out"]], ENOUGH)
    assert set(missing) == {"R61.held_out", "R61.tasks"}
