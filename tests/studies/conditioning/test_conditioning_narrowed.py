"""A sweep of few cells is gathered, and names the runs that its claims lack."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from src.core.result import Result
from src.protocol.claims import Claim
from src.protocol.summary import gather_study
from src.studies.conditioning.claims import ESTIMATES
from src.studies.conditioning.figures.feature_scaling import feature_scaling
from src.studies.conditioning.figures.layer_signals import layer_signals
from src.studies.conditioning.figures.scan import scan
from src.studies.conditioning.figures.steps import steps
from src.studies.conditioning.figures.theory import theory
from src.studies.conditioning.figures.valley_oscillation import valley_oscillation
from src.studies.conditioning.study import Conditioning

CONFIG = yaml.safe_load((Path(__file__).parents[3] / "conf/study/conditioning.yaml").read_text())["study"]
CLAIMS = {
    name: Claim(**{key: value for key, value in rule.items() if key != "_target_"})
    for name, rule in CONFIG["claims"].items()
}
STUDY = Conditioning(**{key: value for key, value in CONFIG.items() if key != "_target_"} | {"claims": CLAIMS})
FIGURES = (steps, theory, scan, valley_oscillation, feature_scaling, layer_signals)
TAKEN = {"gd": 100.0, "momentum": 10.0, "adam": 20.0}


def cell(problem, method, *, condition=None, reached=True):
    taken = TAKEN[method] * np.ones(4) if reached else np.full(4, np.nan)
    tables = {"summary": pd.DataFrame({"split": "test", "seed": np.arange(4), "steps_to_target": taken})}
    about = {"problem": problem, "method": method, "condition": condition, "best_learning_rate": 0.1, "memory": None}
    about |= {"learning_rate_at_edge": False, "memory_at_edge": False, "state_numbers": 1.0, "profile": "full"}
    about |= {"seeds": 4, "minimum": 0.0, "target": 1e-3}
    progress = {"seed": np.arange(4), "step": 5, "early": 0.1 / TAKEN[method], "end": 0.01}
    tables["progress"] = pd.DataFrame(progress)
    measures = {"crossings": 3, "crossings_per_step": 0.5, "path_ratio": 1.5, "turning": np.nan}
    tables["oscillation"] = pd.DataFrame({"seed": np.arange(4)} | measures)
    tables["curves"] = pd.DataFrame({"metric": ["loss"], "step": [0], "median": [1.0]})
    tables["rates"] = pd.DataFrame({"learning_rate": [0.1], "median": [10.0], "chosen": [True]})
    return Result(tables=tables, metrics={}, about=about)


def gathered(*cells):
    found = gather_study(STUDY, cells)
    assert set(found.tables["verdicts"]["claim"]) | set(found.missing) == set(CLAIMS) == set(ESTIMATES)
    assert STUDY.answer(found)
    for draw in FIGURES:
        draw(found.tables, found.about)
    return found


def test_one_cell_has_its_steps_for_a_headline_and_no_verdict():
    found = gathered(cell("narrow_valley", "adam", condition=1e2))
    assert found.tables["headline"].iloc[0].tolist()[:4] == ["steps_to_target", 20.0, 20.0, 20.0]
    assert found.tables["verdicts"].empty
    assert found.missing["C3.speed"].startswith("needs momentum and gd on one of narrow_valley, ")
    assert found.missing["C2.steps-gd"].startswith("needs gd on two problems of the family aligned")


def test_a_pair_of_cells_settles_its_claims_alone():
    found = gathered(*(cell("narrow_valley", name, condition=1e2) for name in ("gd", "momentum")))
    verdicts = found.tables["verdicts"].set_index("claim")
    assert verdicts.index.tolist() == ["C3.oscillation", "C3.speed"]
    assert verdicts.loc["C3.speed", ["estimate", "low", "high"]].tolist() == pytest.approx([-1.0] * 3)


def test_paths_too_short_to_turn_leave_their_claim_undecided():
    found = gathered(*(cell("stretched_bowl", name, condition=1e1) for name in TAKEN))
    verdicts = found.tables["verdicts"].set_index("claim")
    assert verdicts.index.tolist() == ["C3.oscillation", "C3.speed", "C5.early", "C5.path", "C5.end"]
    assert np.isnan(verdicts.loc["C5.path", "estimate"])
    assert verdicts.loc["C5.path", "verdict"] == "inconclusive"
    assert verdicts.loc["C5.early", "estimate"] == pytest.approx(np.log10(5))  # gd is a hundredth, Adam a twentieth


def test_a_target_that_no_seed_reaches_is_a_success_rate_of_zero():
    found = gathered(cell("deep_plain", "gd", reached=False))
    assert found.tables["headline"].iloc[0].tolist()[:2] == ["success_rate", 0.0]
