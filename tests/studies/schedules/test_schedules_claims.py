"""Claim C14 comes out as planted runs have it: supported, refuted by the mirror image, and blocked at an edge."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import claims_of

from src.core.result import Result
from src.studies.schedules.claims import ComparedMethods, verdicts

CLAIMS = claims_of("schedules")
METHODS = ComparedMethods(judged="cosine", sgd="momentum", adam="adam")
SEEDS = 12
STARTS = np.geomspace(0.1, 10, SEEDS)  # seeds differ by far more than schedules do
NOISE = np.geomspace(0.98, 1.02, SEEDS)


def cell(method, schedule, factor, *, edge=False, diverged=0):
    """A run whose test losses are ``factor`` times those of the constant learning rate; training losses mislead."""
    test = pd.DataFrame(
        {
            "split": "test",
            "seed": range(SEEDS),
            "learning_rate": 0.1,
            "status": ["diverged" if seed < diverged else "out_of_budget" for seed in range(SEEDS)],
            "final_loss": 100.0 / factor,
            "final_test_loss": 2.0 + factor * STARTS * NOISE,
        }
    )
    tuning = test.assign(split="tuning", final_test_loss=1e9)
    about = {"problem": "p", "method": method, "schedule": schedule, "minimum": 2.0, "learning_rate_at_edge": edge}
    summary = pd.concat([tuning, test.sample(frac=1, random_state=0)])
    return Result(tables={"summary": summary}, metrics={}, about=about)


def sweep(sgd, adam, **changes):
    """Both methods with a constant rate and with a cosine, whose losses are these factors of the constant's."""
    return [
        cell(method, schedule, factor if schedule == "cosine" else 1.0, **(changes if schedule == "cosine" else {}))
        for method, factor in (("momentum", sgd), ("adam", adam))
        for schedule in ("constant", "cosine")
    ]


@pytest.mark.parametrize(("factor", "expected"), [(0.5, "supported"), (2.0, "refuted"), (1.0, "refuted")])
def test_a_schedule_that_lowers_the_loss_supports_the_claim(factor, expected):
    found, missing = verdicts({"C14.a": CLAIMS["C14.a"]}, METHODS, sweep(factor, factor))
    assert missing == {}
    assert found["verdict"].tolist() == [expected] * 2
    assert found["estimate"].tolist() == pytest.approx([np.log10(factor)] * 2, abs=1e-9)


@pytest.mark.parametrize(
    ("sgd", "adam", "expected"), [(0.25, 0.5, "supported"), (0.5, 0.25, "refuted"), (0.5, 0.5, "refuted")]
)
def test_a_schedule_that_helps_sgd_more_supports_the_claim(sgd, adam, expected):
    found, missing = verdicts({"C14.b": CLAIMS["C14.b"]}, METHODS, sweep(sgd, adam))
    assert missing == {}
    assert found["verdict"].tolist() == [expected]
    assert found["estimate"].item() == pytest.approx(np.log10(sgd / adam), abs=1e-9)


def test_a_rate_at_the_grids_edge_blocks_both_claims():
    found, _ = verdicts(CLAIMS, METHODS, sweep(0.5, 0.5, edge=True))
    assert set(found["verdict"]) == {"blocked"}
    assert found["reason"].str.contains("edge of what was tried").all()


def test_seeds_that_diverge_count_as_infinitely_worse():
    found, _ = verdicts({"C14.a": CLAIMS["C14.a"]}, METHODS, sweep(0.5, 0.5, diverged=9))
    assert found["estimate"].tolist() == [np.inf] * 2
    assert found["verdict"].tolist() == ["refuted"] * 2


def test_a_sweep_without_the_constant_rate_names_what_it_lacks():
    runs = [one for one in sweep(0.5, 0.5) if one.about["schedule"] == "cosine"]
    found, missing = verdicts(CLAIMS, METHODS, runs)
    assert found.empty
    assert missing["C14.a"] == "needs schedule=cosine,constant of one optimizer on one problem"
    assert missing["C14.b"].startswith("needs optimizer=momentum,adam and schedule=cosine,constant")
