"""Each claim on safeguards comes out as planted runs have it: supported, refuted by the mirror image, or blocked."""

import numpy as np
import pandas as pd
import pytest
import yaml
from claim_rules import STUDIES, all_settled, check_both_ways, claims_of

from src.core.result import Result
from src.studies.safeguards.claims import verdicts
from src.studies.safeguards.compared_methods import ComparedMethods

CLAIMS = claims_of("safeguards")
ROLES = ComparedMethods(
    **{
        key: value
        for key, value in yaml.safe_load((STUDIES / "safeguards.yaml").read_text())["study"]["roles"].items()
        if key != "_target_"
    }
)
SADDLE, VALLEY = "strict_saddle", "valley"
SEEDS, RATES = 12, 20
STARTS = np.geomspace(0.1, 10, SEEDS)  # seeds differ by far more than methods do
NOISE = np.geomspace(0.99, 1.01, SEEDS)


def run(method, problem=VALLEY, *, success=0.5, exploded=0.0, final=1.0, edge=False, **tables):
    """A run whose seeds succeed, and explode, at these shares of twenty rates; the tuned rate is number 1."""
    rows = [
        {"split": split, "seed": seed, "learning_rate": float(rate), "final_loss": factor * final * STARTS[seed]}
        | {"success": rate < RATES * success * (split == "test"), "exploded": rate < RATES * exploded}
        for split in ("test", "tuning")
        for rate, factor in ((rate, 1.0 if rate == 1 else 1e3) for rate in range(RATES))
        for seed in range(SEEDS)
    ]
    about = {"problem": problem, "method": method, "learning_rate_at_edge": edge, "best_learning_rate": 1.0}
    found = {name: pd.DataFrame(columns) for name, columns in tables.items()}
    summary = pd.DataFrame(rows).sample(frac=1, random_state=0)
    return Result(tables={"summary": summary, **found}, metrics={}, about=about | {"minimum": 0.0})


def group(methods, success):
    return [run(method, success=success) for method in methods]


def chain(gain):
    """The best part alone succeeds at half of the rates, the chain at ``gain`` more."""
    parts = [run(name, success=0.5 if number == 1 else 0.1) for number, name in enumerate(ROLES.singles)]
    return [*parts, run(ROLES.chain, success=0.5 + gain)]


def clip(**tables):
    """Clipping with its two tables, of which a claim reads one."""
    usual = {"activity": {"late": np.zeros(SEEDS)}, "turning": {"one_minus_cosine": np.zeros(SEEDS)}}
    return [run(ROLES.clip, **{**usual, **tables})]


def escapes(method, time, theory=10.0):
    """Times to leave at two rates; at a third not every seed leaves, and theory says nothing of a fourth."""
    left = [
        {"learning_rate": rate, "seed": seed, "left": time * NOISE[seed] if rate != 3 or seed else np.nan}
        for rate in (1, 2, 3, 4)
        for seed in range(SEEDS)
    ]
    known = [
        {"learning_rate": rate, "left_share": 0.9 if rate == 3 else 1.0, "theory": np.nan if rate == 4 else theory}
        for rate in (1, 2, 3, 4)
    ]
    return run(method, SADDLE, escapes=left, escape_times=known)


# Of each claim: runs of an effect; an effect of which the claim is true, one where it is false; and the estimates.
PLANTED = {
    "C16.explosion": (
        lambda x: [run(ROLES.baseline, exploded=0.5), run(ROLES.clip, exploded=0.5 - x)], (0.4, 0.4), (-0.4, -0.4),
    ),
    "C16.direction": (lambda x: clip(turning={"one_minus_cosine": x * NOISE}), (0.0, 0.0), (0.1, 0.1)),
    "C16.late": (lambda x: clip(activity={"late": x * NOISE}), (0.0, 0.0), (0.5, 0.5)),
    "C17.leaves": (
        lambda x: [run(ROLES.baseline, SADDLE), run(ROLES.noise, SADDLE, success=0.5 + x)], (0.4, 0.4), (-0.4, -0.4),
    ),
    "C17.cost": (
        lambda x: [run(ROLES.baseline), run(ROLES.noise, final=x)], (1.0, 0.0), (2.0, np.log10(2)),
    ),
    "C17.sooner": (
        lambda x: [escapes(ROLES.noise, 10), escapes(ROLES.variance, 10 * x)],
        (0.5, np.log10(0.5)), (2.0, np.log10(2)),
    ),
    "C17.theory": (lambda x: [escapes(ROLES.noise, 10 * x)], (1.01, np.log10(1.01)), (0.5, np.log10(2))),
    "C18.scale": (
        lambda x: [run(ROLES.precondition, scale_gap={"after": [x * 1.01, -x, x * 0.99]})], (0.01, 0.01), (3.0, 3.0),
    ),
    "C19": (chain, (0.3, 0.3), (-0.3, -0.3)),
    "C19.order": (
        lambda x: [*group(ROLES.noise_last, 0.5 + x), *group(ROLES.noise_first, 0.5)], (0.3, 0.3), (-0.3, -0.3),
    ),
}  # fmt: skip


def settled(name, cells):
    return all_settled(verdicts(cells, ROLES, {name: CLAIMS[name]}, SADDLE))


def test_every_claim_is_planted():
    assert set(PLANTED) == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_supported_where_it_is_true_and_refuted_where_it_is_false(name):
    cells, *cases = PLANTED[name]
    check_both_ways(lambda effect: settled(name, cells(effect)), cases, within=0.005)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("C16.late", [run(ROLES.clip, edge=True, activity={"late": np.zeros(SEEDS)})]),
        ("C17.cost", [run(ROLES.baseline), run(ROLES.noise, edge=True)]),
        ("C17.cost", [run(ROLES.baseline, edge=True), run(ROLES.noise)]),
    ],
)
def test_a_tuned_rate_at_the_grids_edge_blocks_the_claims_that_use_that_rate(name, cells):
    assert settled(name, cells)["verdict"].tolist() == ["blocked"]


def test_over_all_problems_each_counts_alike():
    cells = [
        run(method, problem, exploded=share)
        for problem, shares in (("one", (0.5, 0.1)), ("other", (0.3, 0.1)))
        for method, share in zip((ROLES.baseline, ROLES.clip), shares, strict=True)
    ]
    assert settled("C16.explosion", cells)["estimate"].tolist() == pytest.approx([0.4, 0.2, 0.3])
