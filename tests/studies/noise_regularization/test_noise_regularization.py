"""The scale is chosen on the tuning seeds, and its effect taken from the test seeds, pair by pair."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from src.core.result import Result
from src.protocol.claims import Claim
from src.protocol.summary import gather_study
from src.studies.noise_regularization.study import NoiseRegularization

CLAIMS = {
    "C31": Claim(statement="", estimand="", smallest_effect=0.5, direction="above"),
    "C31.loss": Claim(statement="", estimand="", smallest_effect=-0.022, direction="below"),
}


def made(scale, score, accuracy, edge=False):
    seeds = np.arange(8)
    summary = pd.DataFrame(
        {
            "split": "test", "seed": seeds, "final_loss": 0.1, "final_test_loss": 1.0 / (1 + scale),
            "final_test_accuracy": accuracy + 0.01 * seeds,
        }
    )  # fmt: skip
    rates = pd.DataFrame({"learning_rate": [0.1, 1.0], "median": [score, 0.0], "chosen": [True, False]})
    about = {
        "problem": "digits", "method": f"noise ({scale})", "scale": scale, "best_learning_rate": 0.1,
        "learning_rate_at_edge": edge,
        "seeds": 8, "profile": "full", "minimum": None, "target": None, "tuning_metric": "", "test_metric": "",
    }  # fmt: skip
    return Result(tables={"summary": summary, "rates": rates}, metrics={}, about=about)


def gathered(*cells):
    return NoiseRegularization(name="n", question="?", how_to_read="", claims=CLAIMS).gather(cells)


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


def test_noise_that_makes_the_test_part_worse_refutes_the_claim():
    found = gathered(made(0.0, 0.35, 0.80), made(0.1, 0.3, 0.75)).tables["verdicts"].set_index("claim")
    assert found.loc["C31", "estimate"] == pytest.approx(-5)
    assert found["verdict"].to_dict() == {"C31": "refuted", "C31.loss": "supported"}  # made: its loss is lower


def test_a_rate_at_the_edge_blocks_the_verdict():
    found = gathered(made(0.0, 0.35, 0.80, edge=True), made(0.1, 0.3, 0.82))
    assert set(found.tables["verdicts"]["verdict"]) == {"blocked"}


def narrowed(*cells):
    study = NoiseRegularization(name="n", question="?", how_to_read="", claims=CLAIMS)
    found = gather_study(study, cells)
    assert set(study.answer(found)) == {"?", "By the noise's scale:"}
    return found


def test_the_headline_is_the_gain_of_the_chosen_scale():
    headline = narrowed(made(0.0, 0.35, 0.80), made(0.1, 0.3, 0.82)).tables["headline"]
    assert headline["value"].tolist() == pytest.approx([2])
    assert headline["about"].tolist() == ["digits, chosen scale 0.1"]


@pytest.mark.parametrize("scales", [(0.0,), (0.1,), (0.1, 1.0)])
def test_scales_that_cannot_be_compared_leave_the_claims_out(scales):
    found = narrowed(*(made(scale, 0.3, 0.8) for scale in scales))
    assert set(found.missing) == {"C31", "C31.loss"}
    assert "optimizer.scale=0.0" in found.missing["C31"]
    assert found.tables["verdicts"].empty
    assert found.tables["headline"]["value"].isna().all()
    assert len(found.tables["effects_of_noise"]) == len(scales)


def test_a_given_learning_rate_chooses_no_scale():
    def given(scale):
        cell = made(scale, 0.3, 0.8)
        return replace(cell, tables={"summary": cell.tables["summary"]})

    found = narrowed(given(0.0), given(0.1))
    assert not found.tables["effects_of_noise"]["chosen"].any()
    assert "learning rate tuned" in found.missing["C31"]
