"""Each claim on batch sizes comes out as planted tables have it: supported, refuted by the mirror, or blocked."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import claims_of

from src.core.result import Result
from src.studies.batch_noise.claims import AT_EDGE, NOT_REACHED, verdicts
from src.studies.batch_noise.descents import FASTEST, LOWEST, SHARED
from src.studies.batch_noise.laws import POOLED

CLAIMS = claims_of("batch_noise")
SEEDS = 12
BATCHES = (1, 8, 64)  # the middle one stands for C10's small batch
SMALL = 10
STARTS = np.geomspace(0.1, 10, SEEDS)  # seeds differ by far more than batch sizes do
NOISE = np.linspace(0.98, 1.02, SEEDS)


def around(name, value, half=0.01):
    return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}


def planted(
    exponent=-1.0, error=-0.5, early=0.1, rises=0.5, shared=2.0, tuned=2.0, at_target=2.0, rate=0.8, lost=1.0,
    critical=0.1, reached=1.0, edges=(),
):  # fmt: skip
    """Tables and runs with these effects, each of the kind that its claim is about.

    ``early``: the smallest batch's loss above the minimum of 3, over the full batch's; ``rises``: its share of rises
    more than the full batch's; ``shared``, ``tuned``, ``at_target``: percentage points of the small batch over the
    largest.
    """
    law = {"problem": "p", "point": POOLED, **around("exponent", exponent)}
    other = {**law, "point": "start", **around("exponent", 9.0)}
    rows = []
    points = {SHARED: ("final_test_accuracy", shared), LOWEST: ("final_test_accuracy", tuned)}
    points[FASTEST] = ("accuracy_at_target", at_target)
    for purpose, (column, gain) in points.items():
        for batch in BATCHES:
            table = pd.DataFrame({"problem": "p", "purpose": purpose, "batch": batch, "seed": range(SEEDS)})
            table["first_epoch"] = 3 + STARTS * NOISE * (early if batch == 1 else 1.0)
            table["rises"] = 0.1 + (rises if batch == 1 else 0.0) + 0.01 * NOISE
            table["final_test_accuracy"] = table["accuracy_at_target"] = 0.5 * NOISE
            # the small batch of C10 is not the smallest, which must not count
            table[column] += {1: -0.3, 8: gain / 100, 64: 0.0}[batch]
            rows.append(table)
    scaling = {"problem": "p", "reached": reached, **around("rate_exponent", rate), **around("decades_lost", lost)}
    tables = {
        "noise_law": pd.DataFrame([other, law]),
        "noise_product": pd.DataFrame({"problem": "p", "batch": BATCHES}),
        "estimation": pd.DataFrame([around("exponent", error)] * 2),
        "summary": pd.concat(rows, ignore_index=True).sample(frac=1, random_state=0),
        "scaling": pd.DataFrame([scaling | around("decades", critical)]),
    }
    about = {"problem": "p", "minimum": 3.0, "fastest_at_edge": False, "learning_rate_at_edge": False}
    cells = [
        Result(
            tables={}, metrics={}, about=about | {"batch": batch} | dict.fromkeys(edges if batch == 8 else (), True)
        )
        for batch in BATCHES
    ]
    return tables, cells


def settled(name, **changes):
    tables, cells = planted(**changes)
    found, missing = verdicts({name: CLAIMS[name]}, tables, cells, SMALL)
    assert missing == {}
    return found


# Of each claim: the effect that decides; a value of which the claim is true, and one where it is false.
EFFECTS = {
    "C8": ("exponent", -1.0, -0.8),
    "C9.a": ("early", 0.1, 10.0),
    "C9.b": ("rises", 0.5, -0.05),
    "C10.a": ("shared", 2.0, -2.0),
    "C10.b": ("tuned", 2.0, -2.0),
    "C10.c": ("at_target", 2.0, -2.0),
    "C11.a": ("rate", 0.8, 0.0),
    "C11.b": ("lost", 1.0, -1.0),
    "C11.c": ("critical", -0.1, -1.0),
    "C27": ("error", -0.5, -0.4),
}


def test_every_claim_is_planted():
    assert set(EFFECTS) == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_supported_where_it_is_true_and_refuted_where_it_is_false(name):
    effect, true, false = EFFECTS[name]
    for value, expected in ((true, "supported"), (false, "refuted")):
        assert set(settled(name, **{effect: value})["verdict"]) == {expected}


@pytest.mark.parametrize(
    ("name", "changes", "estimate"),
    [
        ("C8", {"exponent": -0.8}, 0.2),
        ("C9.a", {"early": 0.1}, -1.0),  # in decades of the loss above the minimum
        ("C9.b", {"rises": 0.5}, 0.5),
        ("C10.a", {"shared": 2.0}, 2.0),
        ("C10.b", {"tuned": -3.0}, -3.0),
        ("C10.c", {"at_target": 1.0}, 1.0),
        ("C11.c", {"critical": -1.0}, 1.0),
    ],
)
def test_estimates_by_hand(name, changes, estimate):
    assert settled(name, **changes)["estimate"].tolist() == pytest.approx([estimate] * len(settled(name)))


@pytest.mark.parametrize(
    ("key", "blocked"),
    [
        ("fastest_at_edge", {"C10.c", "C11.a", "C11.b", "C11.c"}),
        ("learning_rate_at_edge", {"C9.a", "C9.b", "C10.b"}),
    ],
)
def test_a_rate_at_the_grids_edge_blocks_the_claims_that_use_that_rate(key, blocked):
    tables, cells = planted(edges=(key,))
    found, _ = verdicts(CLAIMS, tables, cells, SMALL)
    stopped = found[found["verdict"] == "blocked"]
    assert set(stopped["claim"]) == blocked
    assert set(stopped["reason"]) == {AT_EDGE}
    # at the shared rate nothing was tuned: C9 has a verdict there all the same
    assert set(found.loc[found["settings"].str.contains("all at one rate"), "verdict"]) == {"supported"}


def test_a_reference_that_misses_the_target_blocks_the_critical_batch_size():
    [row] = settled("C11.c", reached=0.9).to_dict("records")
    assert (row["verdict"], row["reason"]) == ("blocked", NOT_REACHED)
