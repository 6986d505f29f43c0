"""The states that runs are known to be in, from descents of a quadratic whose edge is known; and a whole cell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from src.core.result import Result
from src.core.streams import seeds
from src.monitor.diagnosis import CurveState
from src.monitor.stopping import Patience
from src.optimizers.gd import GradientDescent
from src.problems.quadratic import Quadratic
from src.protocol.claims import Claim
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.starts.uniform import Uniform
from src.studies.diagnosis.figures.confusion import confusion
from src.studies.diagnosis.figures.gallery import gallery
from src.studies.diagnosis.ground_truth import GroundTruth
from src.studies.diagnosis.labelled_runs import simulate
from src.studies.diagnosis.study import Diagnosis
from src.studies.diagnosis.tables import ALL, PARTS, STATES, accuracy_table, confusion_table
from src.studies.diagnosis.thresholds import (
    Diverging,
    Exploding,
    Healthy,
    Oscillating,
    Overfitting,
    PlateauByInitialization,
    PlateauByRate,
    Slow,
    Vanishing,
)

TRUTH = GroundTruth(
    healthy=Healthy(max_height=0.05, max_test_loss=1.05),
    oscillating=Oscillating(min_mean_height=0.05, max_tuned_height=0.1, min_movement=0.1),
    slow=Slow(min_height=0.2, max_height=0.9, max_later_height=0.85),
    plateau_by_rate=PlateauByRate(min_height=0.97, min_rates_below_tuned=3),
    diverging=Diverging(min_height=10.0),
    overfitting=Overfitting(min_test_loss=1.3, max_train_loss=0.9),
    plateau_by_initialization=PlateauByInitialization(max_change=0.08, max_good_height=0.1),
    vanishing=Vanishing(max_gradient=0.001),
    exploding=Exploding(min_gradient=50.0),
)
CLAIM = Claim(statement="?", estimand="", smallest_effect=0.9, direction="above")


def cell():
    problem = Quadratic(
        curvatures=[2.0, 1.0], lower=[-2.0, -2.0], upper=[2.0, 2.0], start=None, steps=100, tolerance=1e-3
    )
    return Cell(
        problem=problem, optimizer=GradientDescent(), schedule=Constant(), start=Uniform(lower=None, upper=None),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=1e-4, freeze=False,
        gradient_tolerance=1e-12),
        tuning=Tuning(lowest=1e-5, highest=1.0, rates=11, seeds=2, widenings=0, widen_by=1),
        learning_rate=None, seeds=3, steps=100, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": "bowl", "method": "gd", "profile": "full"},
    )  # fmt: skip


def test_states_follow_from_the_rate():
    """f = 2 x^2 + y^2 has the curvatures 4 and 2: rates beyond a half diverge, and 1e-5 moves nothing."""
    quadratic = cell()
    runs = simulate(quadratic, quadratic.start, seeds(3), quadratic.tuning.grid())
    states = TRUTH.from_good_start(runs).reshape(3, -1)
    assert (states[:, 0] == CurveState.PLATEAU_RATE).all()
    assert (states[:, -1] == CurveState.DIVERGING).all()
    assert (states[:, 8] == CurveState.HEALTHY).all()  # 0.1
    slow = states[:, 5]  # 10^-2.5: exp(-2 * 2 * 100 * 0.0032) = 0.28 of the flat direction is left
    assert set(slow) <= {CurveState.SLOW, ""}
    assert runs.rates[runs.tuned()] == pytest.approx(10**-0.5)


def test_heights_are_relative_to_what_there_is_to_gain():
    quadratic = cell()
    runs = simulate(quadratic, quadratic.start, seeds(3), quadratic.tuning.grid())
    heights = runs.heights(runs)
    assert heights.start == pytest.approx(1)
    assert heights.end.reshape(3, -1)[:, runs.tuned()] == pytest.approx(0, abs=1e-9)
    shown = runs.shown()
    assert (len(shown["loss"]), len(shown["update_ratio"])) == (101 - 100 % 8, 100 - 100 % 8)


def test_a_cell_is_compared_and_gathered():
    study = Diagnosis(
        name="diagnosis", question="?", how_to_read="", held_out=["bowl"], budgets={}, depths={}, good_starts={},
        poor_starts={}, poor_problems=[], ground_truth=TRUTH, claims={"R61.held_out": CLAIM}, enough=1,
    )  # fmt: skip
    measured = study.measure(cell())
    rows = measured.tables["diagnosed"]
    assert len(rows) == 3 * 11
    assert rows[rows["true_state"] != ""]["right"].mean() == measured.metrics["diagnosed_right"] > 0.9
    gathered = study.gather([replace(measured, about=measured.about | {"profile": "full"})])
    accuracy = gathered.tables["accuracy"].set_index(["part", "state"])
    assert accuracy.loc[(PARTS[0], ALL), "runs"] == (rows["true_state"] != "").sum()
    assert gathered.tables["verdicts"]["claim"].tolist() == ["R61.held_out"]
    assert set(gathered.tables["gallery"]["true_state"]) >= {"healthy", "diverging"}
    development = replace(study, held_out=[])
    assert set(development.measure(cell()).tables["diagnosed"]["split"]) == {"tuning", "test"}


def test_tables_count_every_pair_of_states_and_every_part():
    known = pd.DataFrame(
        {"split": ["test", "test", "tuning"], "held_out": [True, True, False],
         "true_state": ["slow", "slow", "healthy"], "predicted_state": ["slow", "healthy", "healthy"],
         "right": [True, False, True], "problem": ["a", "b", "c"]}
    )  # fmt: skip
    confusion = confusion_table(known)
    assert len(confusion) == len(PARTS) * len(STATES) ** 2
    assert confusion["runs"].sum() == 3
    whole = accuracy_table(known, 4).set_index(["part", "state"]).loc[(PARTS[0], ALL)]
    assert (whole["accuracy"], whole["problems"], whole["of_all"]) == (0.5, 2, 0.5)
    assert np.isnan(accuracy_table(known, 4).set_index(["part", "state"]).loc[(PARTS[1], ALL), "accuracy"])


def test_a_sweep_without_runs_of_known_state_names_what_its_claims_lack():
    study = Diagnosis(
        name="diagnosis", question="?", how_to_read="", held_out=["bowl"], budgets={}, depths={}, good_starts={},
        poor_starts={}, poor_problems=[], ground_truth=TRUTH,
        claims={f"R61.{kind}": CLAIM for kind in ("held_out", "tasks", "seeds")}, enough=4,
    )  # fmt: skip
    rows = pd.DataFrame(
        {"seed": [0, 1], "learning_rate": 0.1, "true_state": np.nan, "predicted_state": "slow", "right": False,
         "evidence": "", "start": "good", "split": "test", "held_out": True}
    )  # fmt: skip
    summary = pd.DataFrame({"split": ["test"], "seed": [0]})
    about = {"problem": "bowl", "method": "gd", "profile": "full", "seeds": 2}
    tables = {"diagnosed": rows, "examples": pd.DataFrame(), "summary": summary}
    gathered = gather_study(study, [Result(tables=tables, metrics={}, about=about)])
    assert set(gathered.missing) == set(study.claims)
    assert gathered.tables["headline"]["value"].tolist() == [0.0]
    assert gathered.tables["accuracy"]["runs"].sum() == 0
    assert confusion(gathered.tables, gathered.about) is None
    assert gallery(gathered.tables, gathered.about) is None
    assert study.answer(gathered)
    known = rows.assign(true_state="slow", right=True)
    gathered = gather_study(study, [Result(tables=tables | {"diagnosed": known}, metrics={}, about=about)])
    assert gathered.tables["verdicts"]["claim"].tolist() == ["R61.held_out"]
    assert gathered.missing["R61.tasks"].startswith("needs a problem of study.held_out with at least 4 test runs")
    assert gathered.tables["headline"].loc[0, ["quantity", "value"]].tolist() == ["diagnosed_right", 1.0]
