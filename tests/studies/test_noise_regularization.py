"""The scale is chosen on the tuning seeds, and its effect taken from the test seeds, pair by pair."""

import numpy as np
import pandas as pd
import pytest

from src.studies.claims import Claim
from src.studies.noise_regularization import NoiseRegularization
from src.studies.study import Measured

CLAIMS = {
    "C31": Claim(says="", smallest_effect=0.5, direction="above"),
    "C31.loss": Claim(says="", smallest_effect=-0.022, direction="below"),
}


def made(scale, score, accuracy, edge=False):
    seeds = np.arange(8)
    summary = pd.DataFrame(
        {
            "split": "test", "seed": seeds, "final_loss": 0.1, "final_test_loss": 1.0 / (1 + scale),
            "final_test_accuracy": accuracy + 0.01 * seeds,
        }
    )  # fmt: skip
    rates = pd.DataFrame({"rate": [0.1, 1.0], "median": [score, 0.0], "chosen": [True, False]})
    about = {
        "problem": "digits", "optimizer": f"noise ({scale})", "scale": scale, "best_rate": 0.1, "rate_at_edge": edge,
        "seeds": 8, "profile": "full", "minimum": None, "target": None, "criterion": "", "yardstick": "",
    }  # fmt: skip
    return Measured(tables={"summary": summary, "rates": rates}, metrics={}, about=about)


def gathered(*cells):
    return NoiseRegularization(name="n", question="?", reading="", claims=CLAIMS).gather(cells)


def test_the_chosen_scale_is_that_of_the_lowest_tuning_score_and_not_of_the_best_test():
    found = gathered(made(0.1, 0.3, 0.82), made(0.0, 0.35, 0.80), made(1.0, 0.4, 0.85))
    effects = found.tables["effects_of_noise"].set_index("scale")
    assert effects["chosen"].to_dict() == {0.0: False, 0.1: True, 1.0: False}
    assert effects["points"].to_dict() == pytest.approx({0.0: 0, 0.1: 2, 1.0: 5})
    assert effects.loc[1.0, "decades"] == pytest.approx(-np.log10(2))
    assert found.metrics == pytest.approx({"points.digits": 2})
    verdicts = found.tables["verdicts"].set_index("claim")
    assert verdicts["verdict"].to_dict() == {"C31": "supported", "C31.loss": "supported"}
    assert verdicts.loc["C31", "estimate"] == pytest.approx(2)


def test_a_rate_at_the_edge_blocks_the_verdict():
    found = gathered(made(0.0, 0.35, 0.80, edge=True), made(0.1, 0.3, 0.82))
    assert set(found.tables["verdicts"]["verdict"]) == {"blocked"}
