"""A whole cell, and the textbook's settings at the values of rows R5 and R8."""

import numpy as np
import pytest

from src.monitor.stopping import Patience
from src.optimizers.adam import Adam
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.problems.quadratic import Quadratic
from src.protocol.comparison import Comparison
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.starts.given import Given
from src.starts.uniform import Uniform
from src.studies.textbook.study import Textbook
from src.tables.planar_tables import CONTOURS, PATHS
from src.tables.rate_table import RATES
from src.tables.run_tables import CURVES, SUMMARY

WORDS = {"name": "study", "question": "?", "how_to_read": ""}
GD, MOMENTUM, ADAM = GradientDescent(), Momentum(beta=0.9), Adam(beta1=0.9, beta2=0.999, eps=1e-8)
NARROW = {"curvatures": [10.0, 1.0], "start": [-1.5, 1.5], "steps": 40}
STRETCHED = {"curvatures": [1.0, 10.0], "start": [1.0, 1.0], "steps": 100}


def cell(optimizer, settings, rate, *, start=None, seeds=1, name="gd", problem_name="valley"):
    problem = Quadratic(**settings, lower=[-2.0, -2.0], upper=[2.0, 2.0], tolerance=1e-3)
    return Cell(
        problem=problem, optimizer=optimizer, schedule=Constant(), start=start or Given(),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=1e-4, freeze=False,
        gradient_tolerance=1e-12),
        tuning=Tuning(lowest=1e-3, highest=0.1, rates=3, seeds=2, widenings=0, widen_by=1),
        learning_rate=rate, seeds=seeds, steps=problem.steps, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": problem_name, "method": name, "profile": "full"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("optimizer", "settings", "learning_rate", "end", "sign_changes"),
    [
        (GD, NARROW, 0.05, 4.92e-4, 0),
        # Row R5 counts 15: it takes the first step, to 0 exactly, and the next, beyond it, for two crossings.
        (MOMENTUM, NARROW, 0.05, 0.386, 14),
        (GD, STRETCHED, 0.05, 7.06e-10, None),
        (MOMENTUM, STRETCHED, 0.05, 3.22e-5, None),
        (ADAM, STRETCHED, 0.1, 9.49e-5, None),
    ],
)
def test_rows_r5_and_r8(optimizer, settings, learning_rate, end, sign_changes):
    study = Textbook(**WORDS)
    row = study.gather([study.measure(cell(optimizer, settings, learning_rate))]).tables["settings"].iloc[0]
    assert row["final_loss"] == pytest.approx(end, rel=2e-3)
    assert (row["learning_rate"], row["steps"]) == (learning_rate, settings["steps"])
    if sign_changes is not None:
        assert row["sign_changes"] == sign_changes


def test_a_measured_cell_has_its_tables_and_says_what_it_is():
    measured = Comparison(**WORDS).measure(cell(GD, NARROW, None, start=Uniform(lower=None, upper=None), seeds=3))
    columns = {name: list(table.columns) for name, table in measured.tables.items()}
    ends = tuple(f"final_{name}" for name in ("grad_norm", "param_norm", "update_ratio"))
    expected = {"summary": SUMMARY + ends, "curves": CURVES, "rates": RATES, "paths": PATHS, "contours": CONTOURS}
    assert columns == {name: list(names) for name, names in expected.items()}
    assert measured.tables["summary"]["split"].tolist() == ["tuning"] * 6 + ["test"] * 3
    assert measured.about["best_learning_rate"] == measured.metrics["best_learning_rate"] == pytest.approx(0.01)
    assert measured.about["learning_rate_at_edge"] is False
    assert (measured.about["minimum"], measured.about["target"]) == (0, 1e-3)
    assert set(measured.tables["paths"]["seed"]) == {0, 1, 2}
    summary, paths = measured.tables["summary"], measured.tables["paths"]
    last = paths[paths["step"] == 40].sort_values("seed")
    by_path = 10 * last["x"] ** 2 + last["y"] ** 2
    np.testing.assert_allclose(by_path, summary.loc[summary["split"] == "test", "final_loss"], rtol=1e-12)


def test_a_given_rate_is_not_tuned():
    measured = Comparison(**WORDS).measure(cell(GD, NARROW, 0.02))
    assert "rates" not in measured.tables
    assert set(measured.tables["summary"]["split"]) == {"test"}
    assert measured.about["best_learning_rate"] == 0.02


def test_a_sweep_is_gathered_into_one_ranking():
    study, everywhere = Comparison(**WORDS), Uniform(lower=None, upper=None)
    cells = [
        study.measure(cell(method, NARROW, rate, start=everywhere, seeds=8, name=name))
        for method, rate, name in ((GD, 1e-5, "stuck"), (GD, 0.05, "gd"), (GD, 10.0, "lost"))
    ]
    gathered = study.gather(cells)
    assert gathered.tables["ranking"]["method"].tolist() == ["gd", "stuck", "lost"]
    assert gathered.metrics == {"mean_rank.gd": 1, "mean_rank.stuck": 2, "mean_rank.lost": 3}
    assert set(gathered.tables["summary"]["method"]) == {"gd", "stuck", "lost"}
    assert gathered.about["minimum"] == {"valley": 0}
    (headline,) = study.headline(gathered)
    best = gathered.tables["ranking"].iloc[0]
    assert headline[:4] == ("best_score", best["score"], best["score_low"], best["score_high"])
    assert headline[5] == "gd on valley, learning rate 0.05: loss, median over the test seeds"


def test_the_headline_over_several_problems_is_the_best_mean_rank():
    study, everywhere = Comparison(**WORDS), Uniform(lower=None, upper=None)
    cells = [
        study.measure(cell(method, settings, rate, start=everywhere, seeds=8, name=name, problem_name=problem))
        for problem, settings in (("narrow", NARROW), ("stretched", STRETCHED))
        for method, rate, name in ((GD, 1e-5, "stuck"), (GD, 0.05, "gd"))
    ]
    for only in ("narrow", "stretched"):
        gathered = gather_study(study, [one for one in cells if one.about["problem"] == only])
        assert gathered.tables["headline"]["quantity"].tolist() == ["best_score"]
    gathered = gather_study(study, cells)
    assert gathered.tables["headline"]["quantity"].tolist() == ["best_mean_rank", "share_tied_with_best"]
    assert gathered.tables["headline"]["value"].tolist() == [1, 1]
    assert gathered.tables["headline"]["about"][0] == "gd, over 2 problems; 1 is best of 2 methods"
