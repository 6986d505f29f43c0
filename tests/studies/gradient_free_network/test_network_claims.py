"""Claims R67 come out as planted ends have them: supported, refuted by the mirror image, or blocked."""

import numpy as np
import pandas as pd
import pytest
from claim_rules import claims_of

from src.core.result import Result
from src.studies.gradient_free_network.claims import verdicts

CLAIMS = claims_of("gradient_free_network")
SEEDS = 12
STARTS = np.geomspace(0.1, 10, SEEDS)  # seeds differ by far more than methods do


def cell(*, decades=0.0, points=0.0, edge=False):
    """Ends of a search and of momentum by seed: the search's loss and accuracy, relative to momentum's."""
    frames = [
        pd.DataFrame({"method": "momentum", "seed": range(SEEDS), "loss": STARTS, "accuracy": 0.5 + STARTS / 100}),
        pd.DataFrame({"method": "cma_es", "seed": range(SEEDS), "loss": STARTS * 10**decades}).assign(
            accuracy=0.5 + STARTS / 100 + points / 100
        ),
    ]
    ends = pd.concat(frames).sample(frac=1, random_state=0)
    about = {"problem": "p", "method": "cma_es", "evaluations": 99, "learning_rate_at_edge": edge}
    return Result(tables={"ends": ends}, metrics={}, about=about)


@pytest.mark.parametrize(
    ("name", "changes", "estimate", "expected"),
    [
        ("R67.loss", {"decades": 1.0}, 1.0, "supported"),
        ("R67.loss", {"decades": -1.0}, -1.0, "refuted"),
        ("R67.accuracy", {"points": -5.0}, -5.0, "supported"),
        ("R67.accuracy", {"points": 5.0}, 5.0, "refuted"),
        ("R67.loss", {"decades": 1.0, "edge": True}, 1.0, "blocked"),
        ("R67.accuracy", {"points": -5.0, "edge": True}, -5.0, "blocked"),
    ],
)
def test_verdicts_follow_from_the_pairs_of_ends(name, changes, estimate, expected):
    found, missing = verdicts({name: CLAIMS[name]}, [cell(**changes)])
    assert missing == {}
    assert found["verdict"].tolist() == [expected]
    assert found["estimate"].item() == pytest.approx(estimate)


def test_every_claim_is_planted():
    assert set(CLAIMS) == {"R67.loss", "R67.accuracy"}
