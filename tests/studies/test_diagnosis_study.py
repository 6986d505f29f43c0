"""The states that runs are known to be in, from descents of a quadratic whose edge is known; and a whole cell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from src.core.streams import seeds
from src.monitor.diagnosis import State
from src.monitor.stopping import Patience
from src.optimizers.gd import GradientDescent
from src.problems.quadratic import Quadratic
from src.schedules.constant import Constant
from src.starts.uniform import Uniform
from src.studies.claims import Claim
from src.studies.diagnosis import Diagnosis
from src.studies.diagnosis_tables import ALL, PARTS, STATES, accuracy_table, confusion_table
from src.studies.known_states import Criteria
from src.studies.made_runs import make
from src.studies.study import Cell
from src.studies.tuning import Tuning

CRITERIA = Criteria(
    healthy=0.05, generalizes=1.05, held_up=0.05, trained=0.1, moves=0.1, slow_lowest=0.2, slow_highest=0.9,
    goes_on=0.85, unmoved=0.97, thirtieth=3, diverged=10.0, overfits=1.3, learned=0.9, stuck=0.08, fair=0.1,
    faint=0.001, steep=50.0,
)  # fmt: skip
CLAIM = Claim(says="?", smallest_effect=0.9, direction="above")


def cell():
    problem = Quadratic(
        curvatures=[2.0, 1.0], lower=[-2.0, -2.0], upper=[2.0, 2.0], start=None, steps=100, tolerance=1e-3
    )
    return Cell(
        problem=problem, optimizer=GradientDescent(), schedule=Constant(), start=Uniform(lower=None, upper=None),
        stopping=Patience(metric="criterion", patience=10, min_delta=1e-4, freeze=False, gradient_tolerance=1e-12),
        tuning=Tuning(lowest=1e-5, highest=1.0, rates=11, seeds=2, widenings=0, widen_by=1),
        rate=None, seeds=3, steps=100, evaluate_every=None, root=0, device="cpu",
        names={"problem": "bowl", "optimizer": "gd", "profile": "full"},
    )  # fmt: skip


def test_states_follow_from_the_rate():
    """f = 2 x^2 + y^2 has the curvatures 4 and 2: rates beyond a half diverge, and 1e-5 moves nothing."""
    of = cell()
    made = make(of, of.start, seeds(3), of.tuning.grid())
    states = CRITERIA.from_good_start(made).reshape(3, -1)
    assert (states[:, 0] == State.PLATEAU_RATE).all()
    assert (states[:, -1] == State.DIVERGING).all()
    assert (states[:, 8] == State.HEALTHY).all()  # 0.1
    slow = states[:, 5]  # 10^-2.5: exp(-2 * 2 * 100 * 0.0032) = 0.28 of the flat direction is left
    assert set(slow) <= {State.SLOW, ""}
    assert made.rates[made.tuned()] == pytest.approx(10**-0.5)


def test_heights_are_relative_to_what_there_is_to_gain():
    of = cell()
    made = make(of, of.start, seeds(3), of.tuning.grid())
    heights = made.heights(made)
    assert heights.start == pytest.approx(1)
    assert heights.end.reshape(3, -1)[:, made.tuned()] == pytest.approx(0, abs=1e-9)
    shown = made.shown()
    assert (len(shown["loss"]), len(shown["update_ratio"])) == (101 - 100 % 8, 100 - 100 % 8)


def test_a_cell_is_compared_and_gathered():
    study = Diagnosis(
        name="diagnosis", question="?", reading="", held_out=["bowl"], budgets={}, depths={}, good_starts={},
        poor_starts={}, poor_problems=[], criteria=CRITERIA, claims={"R61.held_out": CLAIM}, enough=1,
    )  # fmt: skip
    measured = study.measure(cell())
    rows = measured.tables["diagnosed"]
    assert len(rows) == 3 * 11
    assert rows[rows["made"] != ""]["right"].mean() == measured.metrics["diagnosed_right"] > 0.9
    gathered = study.gather([replace(measured, about=measured.about | {"profile": "full"})])
    accuracy = gathered.tables["accuracy"].set_index(["part", "state"])
    assert accuracy.loc[(PARTS[0], ALL), "runs"] == (rows["made"] != "").sum()
    assert gathered.tables["verdicts"]["claim"].tolist() == ["R61.held_out"]
    assert set(gathered.tables["gallery"]["made"]) >= {"healthy", "diverging"}
    development = replace(study, held_out=[])
    assert set(development.measure(cell()).tables["diagnosed"]["split"]) == {"tuning", "test"}


def test_tables_count_every_pair_of_states_and_every_part():
    known = pd.DataFrame(
        {"split": ["test", "test", "tuning"], "held_out": [True, True, False], "made": ["slow", "slow", "healthy"],
         "diagnosed": ["slow", "healthy", "healthy"], "right": [True, False, True], "problem": ["a", "b", "c"]}
    )  # fmt: skip
    confusion = confusion_table(known)
    assert len(confusion) == len(PARTS) * len(STATES) ** 2
    assert confusion["runs"].sum() == 3
    whole = accuracy_table(known, 4).set_index(["part", "state"]).loc[(PARTS[0], ALL)]
    assert (whole["accuracy"], whole["problems"], whole["of_all"]) == (0.5, 2, 0.5)
    assert np.isnan(accuracy_table(known, 4).set_index(["part", "state"]).loc[(PARTS[1], ALL), "accuracy"])
