"""Claim C4 on planted runs: which of two methods reaches the floor of Rosenbrock's valley first."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import claims_of

from src.core.checks import FieldError
from src.core.result import Result
from src.studies.optimizer_comparison.claims import verdicts
from src.studies.optimizer_comparison.study import OptimizerComparison

CLAIMS = claims_of("optimizer_comparison")
DUELS = {"C4.momentum": ("momentum", "gd"), "C4.adam": ("adam", "momentum")}
SEEDS = 30


def run(method, times, problem="rosenbrock", at_edge=False):
    """One run whose seeds reach the target at ``times``; inf: never, with a score above the target."""
    times = np.asarray(times, dtype=float)
    summary = pd.DataFrame(
        {
            "split": "test",
            "seed": np.arange(len(times)),
            "score": np.where(np.isinf(times), 1.0, 1e-5),
            "steps_to_target": np.where(np.isinf(times), np.nan, times),
        }
    )
    about = {"problem": problem, "method": method, "minimum": 0.0, "target": 1e-4, "learning_rate_at_edge": at_edge}
    return Result(tables={"summary": summary}, metrics={}, about=about)


def settled(*cells):
    table, missing = verdicts(cells, DUELS, ["rosenbrock", "rosenbrock_4d"], CLAIMS)
    return table.set_index("claim"), missing


def test_the_faster_method_is_told_from_the_slower_one_both_ways():
    """First in 27 of 30 seeds is 0.9, Wilson's interval [0.744, 0.965]; first in 3 of 30 is the mirror image."""
    slow, fast = np.full(SEEDS, 200.0), np.where(np.arange(SEEDS) < 27, 100.0, 300.0)
    table, missing = settled(run("gd", slow), run("momentum", fast))
    assert table.loc["C4.momentum", ["estimate", "low", "high"]].tolist() == pytest.approx(
        [0.9, 0.744, 0.965], abs=1e-3
    )
    assert table.loc["C4.momentum", "verdict"] == "supported"
    assert table.loc["C4.momentum", "settings"] == "momentum before gd on rosenbrock, 30 seeds"
    assert missing == {"C4.adam": "needs adam and momentum on one of rosenbrock, rosenbrock_4d"}
    table, _ = settled(run("gd", fast), run("momentum", slow))
    assert table.loc["C4.momentum", "estimate"] == pytest.approx(0.1)
    assert table.loc["C4.momentum", "verdict"] == "refuted"


def test_a_run_that_fails_loses_and_two_that_fail_tie_whatever_their_scores():
    """Adam: 10 seeds first, 10 alone, 10 where both fail: 25 of 30 points."""
    never = np.inf
    adam = run("adam", [100.0] * 20 + [never] * 10)
    momentum = run("momentum", [200.0] * 10 + [never] * 20)
    adam.tables["summary"].loc[25, "score"] = 5.0
    table, _ = settled(adam, momentum)
    assert table.loc["C4.adam", "estimate"] == pytest.approx(25 / 30)


def test_each_valley_has_its_own_row_and_a_rate_at_the_edge_blocks_its_own_alone():
    fast, slow = np.full(SEEDS, 100.0), np.full(SEEDS, 200.0)
    table, _ = settled(
        run("adam", fast, at_edge=True),
        run("momentum", slow),
        run("adam", fast, "rosenbrock_4d"),
        run("momentum", slow, "rosenbrock_4d"),
        run("gd", fast, "sines"),
    )
    assert table.loc["C4.adam", "verdict"].tolist() == ["blocked", "supported"]
    assert "the learning rate of adam lies at the edge" in table["reason"].iloc[0]


def test_each_claim_needs_its_two_methods():
    words = {"name": "x", "question": "?", "how_to_read": "."}
    with pytest.raises(FieldError, match=r"duels = \{\}: must be two methods for each of C4.momentum, C4.adam"):
        OptimizerComparison(**words, claims=CLAIMS)


def simulated(share, studies=400):
    """Share of simulated studies that support and that refute C4.momentum, which leads in ``share`` of the pairs."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(studies):
        ahead = rng.random((2, SEEDS)) < share
        cells = [
            run(method, times, problem)
            for problem, leads in zip(("rosenbrock", "rosenbrock_4d"), ahead, strict=True)
            for method, times in (("gd", np.full(SEEDS, 200.0)), ("momentum", np.where(leads, 100.0, 300.0)))
        ]
        found += settled(*cells)[0]["verdict"].tolist()
    return found.count("supported") / len(found), found.count("refuted") / len(found)


def test_a_claim_that_just_does_not_hold_is_rarely_settled_and_one_that_plainly_does_or_does_not_is():
    """Of 800 verdicts, one in 40 either way is chance, give or take 0.006 of standard error."""
    boundary = CLAIMS["C4.momentum"].smallest_effect
    supported, refuted = simulated(boundary)
    assert supported <= 0.025 + 2 * 0.006
    assert refuted <= 0.025 + 2 * 0.006
    assert simulated(boundary + 0.35)[0] >= 0.9
    assert simulated(boundary - 0.35)[1] >= 0.9
