"""Prices of stopping by hand, and a small network on which live stopping must agree with the replay."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from src.core.checks import FieldError
from src.engine.descend import DescentResult, Series
from src.monitor.stopping import Patience
from src.optimizers.adam import Adam
from src.problems.data import Digits
from src.problems.mlp import Mlp
from src.problems.with_test_metrics import WithTestMetrics
from src.protocol.claims import Claim
from src.protocol.study import Cell
from src.protocol.summary import gather_study
from src.protocol.tuning.grid import Tuning
from src.schedules.constant import Constant
from src.starts.xavier import Xavier
from src.studies.early_stopping.price import contrast, pareto_front, pooled, stops_table
from src.studies.early_stopping.rules import RuleGrid, kept_checks
from src.studies.early_stopping.study import EarlyStopping

BOOK = "patience 2, 0 on valid_loss"
GRID = RuleGrid(
    patiences=[1, 2], min_deltas=[0.0], metrics=["valid_loss"], gl=[1.0, 5.0], pq=[0.5, 2.0], up=[1, 2], strip=2
)
FIELDS = {
    "name": "early_stopping", "question": "?", "how_to_read": "", "rate_factors": [1, 4], "tune_every": 2,
    "replayed": GRID, "textbook": BOOK, "live": [BOOK, "GL 5", "UP 1"],
}  # fmt: skip


def descent(valid, test, *, status=4, taken=None):
    """One replicate with an evaluation every 10 steps; test accuracy is 1 less its loss."""
    steps = 10 * torch.arange(len(valid))

    def series(values):
        return Series(steps, torch.tensor(values, dtype=torch.float64)[:, None])

    return DescentResult(
        theta=torch.zeros(1, 1), status=torch.tensor([status]), stopped_step=torch.tensor([-1]), path=torch.empty(0),
        taken=torch.tensor([10 * (len(valid) - 1) if taken is None else taken]),
        series={
            "valid_loss": series(valid), "valid_accuracy": series([1 - one for one in valid]),
            "test_loss": series(test), "test_accuracy": series([1 - one for one in test]),
            "train_loss": series(list(np.linspace(1, 0.1, len(valid)))),
        },
    )  # fmt: skip


def test_the_price_of_stopping_is_that_of_the_best_point_before_it():
    valid, test = [1.0, 0.5, 0.6, 0.7, 0.4, 0.45], [1.0, 0.6, 0.5, 0.5, 0.3, 0.2]
    table = stops_table(descent(valid, test), GRID.rules(), np.array([1.0])).set_index("rule")
    book = table.loc[BOOK]  # 0.6 and 0.7 do not improve on 0.5: it fires at step 30 and returns that of step 10
    assert (book["stopped_step"], book["kept_step"], book["time"]) == (30, 10, pytest.approx(0.6))
    assert book["valid_cost"] == pytest.approx(np.log10(0.5 / 0.4))
    assert book["test_cost"] == pytest.approx(np.log10(0.6 / 0.3))
    assert book["accuracy_cost"] == pytest.approx(100 * ((1 - 0.3) - (1 - 0.6)))
    assert table.loc["GL 5", "stopped_step"] == 20


def test_a_rule_that_never_fires_costs_nothing_and_saves_nothing():
    table = stops_table(descent([1.0, 0.5, 0.4], [1.0, 0.5, 0.4]), GRID.rules(), np.array([1.0]))
    assert table["stopped_step"].isna().all()
    assert (table[["valid_cost", "test_cost", "accuracy_cost", "log_time"]] == 0).all(axis=None)


def test_a_run_shorter_than_a_strip_is_not_stopped_by_pq():
    rules = replace(GRID, strip=5).rules()
    table = stops_table(descent([1.0, 0.5, 0.9], [1.0, 0.5, 0.9]), rules, np.array([1.0])).set_index("rule")
    assert table.loc[["PQ 0.5", "PQ 2"], "stopped_step"].isna().all()
    assert table.loc["GL 1", "stopped_step"] == 20


def test_a_row_that_ended_is_not_watched_any_more():
    """It diverged at step 20 and repeats its last point, on which patience would have fired at step 40."""
    gone = descent([1.0, 0.5, np.nan, np.nan, np.nan], [1.0, 0.5, np.nan, np.nan, np.nan], status=3, taken=20)
    row = stops_table(gone, GRID.rules(), np.array([1.0])).set_index("rule").loc[BOOK]
    assert np.isnan(row["stopped_step"])
    assert (row["time"], row["kept_step"], row["test_cost"]) == (0.5, 10, 0)


def test_kept_checks_take_the_first_of_equal_costs_and_skip_nan():
    costs = np.array([[3.0, np.nan], [1.0, 2.0], [1.0, np.nan], [0.0, 1.0]])
    steps = np.array([0, 5, 10, 15])
    assert kept_checks(costs, steps, np.array([10, 10])).tolist() == [1, 1]
    assert kept_checks(costs, steps, np.array([15, 4])).tolist() == [3, 0]


def test_the_front_is_what_nothing_beats_in_both():
    time, cost = np.array([1.0, 2, 3, 2, 1]), np.array([3.0, 1, 1, 2, 3])
    assert pareto_front(time, cost).tolist() == [True, True, False, False, True]


def test_pooling_is_over_seeds_and_contrasts_are_paired():
    rows = pd.DataFrame(
        {"rule": ["a"] * 4 + ["b"] * 4, "seed": [0, 0, 1, 1] * 2, "test_cost": [1.0, 3, 5, 7, 1, 4, 6, 9]}
    )
    # Two seeds, with means 2 and 6, and differences of 0.5 and 1.5: Student's t of one degree of freedom is 12.7062.
    expected = (4, 4 - 12.7062 * 2, 4 + 12.7062 * 2)
    assert pooled(rows[rows["rule"] == "a"], "test_cost") == pytest.approx(expected, abs=1e-3)
    assert contrast(rows, "a", "b", "test_cost") == pytest.approx((1, 1 - 12.7062 / 2, 1 + 12.7062 / 2), abs=1e-3)


@pytest.fixture(scope="module")
def cell():
    data = Digits(split=(0.1, 0.2, 0.7), split_seed=0)
    settings = {"loss": "cross_entropy", "batch_size": 32, "epochs": 30, "precision": "float32", "target_loss": None}
    problem = Mlp(data=data, widths=[64, 16, 10], activation="relu", **settings)
    return Cell(
        problem=problem, optimizer=Adam(beta1=0.9, beta2=0.999, eps=1e-8), schedule=Constant(),
        start=Xavier(distribution="uniform", gain=1.0),
        stopping=Patience(metric="tuning_metric", patience=10, min_delta=1e-4, freeze=False,
        gradient_tolerance=1e-12),
        tuning=Tuning(lowest=1e-2, highest=1.0, rates=3, seeds=2, widenings=0, widen_by=1), learning_rate=0.03,
        seeds=5,
        steps=problem.steps, evaluate_every=None, root_seed=0, device="cpu",
        names={"problem": "digits", "method": "adam", "profile": "full"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def measured(cell):
    return EarlyStopping(**FIELDS).measure(cell)


def test_acted_on_live_every_rule_stops_where_its_replay_does(measured):
    agreement = measured.tables["agreement"]
    assert agreement["agrees"].all()
    assert measured.metrics["replay_agreement"] == 1
    assert agreement.groupby("rule").size().to_dict() == {BOOK: 10, "GL 5": 10, "UP 1": 10}
    assert (agreement["live"] > 0).mean() > 0.8


def test_costs_are_those_of_the_series(measured):
    series, stops = measured.tables["series"], measured.tables["stops"]
    row = stops.query(f"rule == '{BOOK}' and seed == 3 and rate_factor == 4").iloc[0]
    own = series.query("seed == 3 and rate_factor == 4").set_index("step")
    before = own.loc[: row["stopped_step"]]
    assert before["valid_loss"].idxmin() == row["kept_step"]
    gain = before["test_loss"][row["kept_step"]] / own["test_loss"][own["valid_loss"].idxmin()]
    assert row["test_cost"] == pytest.approx(np.log10(gain), abs=1e-6)


def test_the_test_part_is_disclosed_and_changes_no_training(cell, measured):
    theta = cell.start.draw(cell.problem, [])
    disclosed = WithTestMetrics(inner=cell.problem)
    theta = torch.zeros(2, cell.problem.dimension)
    assert set(disclosed.evaluate(theta)) == {
        "train_loss", "valid_loss", "valid_accuracy", "test_loss", "test_accuracy"
    }  # fmt: skip
    assert (disclosed.dimension, disclosed.size, disclosed.batch_size) == (cell.problem.dimension, 180, 32)
    last = measured.tables["series"].query("rate_factor == 1").groupby("seed")["test_loss"].last()
    ends = measured.tables["summary"].query("split == 'test' and learning_rate < 0.1")["final_test_loss"]
    np.testing.assert_allclose(last.to_numpy(), ends.to_numpy(), rtol=1e-6)


def test_the_sweep_has_prices_verdicts_and_agreement(measured):
    claim = Claim(statement="?", estimand="", smallest_effect=0.0, direction="above")
    study = EarlyStopping(**FIELDS, claims=dict.fromkeys(("C15.a", "C15.b", "C15.c", "C15.d"), claim))
    gathered = study.gather([measured])
    assert len(gathered.tables["tradeoff"]) == 2 * 8
    assert gathered.tables["tradeoff"].groupby("rate_factor")["front"].any().all()
    assert gathered.tables["verdicts"]["claim"].value_counts().to_dict() == {
        "C15.a": 2,
        "C15.b": 2,
        "C15.c": 8,
        "C15.d": 8,
    }
    saved = gathered.tables["verdicts"].iloc[0]["estimate"]
    times = measured.tables["stops"].query(f"rule == '{BOOK}' and rate_factor == 1")["time"]
    assert saved == pytest.approx(1 - times.mean())
    assert gathered.metrics == {"replay_agreement": 1}


def test_the_rate_is_tuned_for_the_best_of_the_run(cell):
    made = EarlyStopping(**FIELDS | {"live": []}).measure(replace(cell, learning_rate=None, steps=60))
    tuning = made.tables["summary"].query("split == 'tuning'")
    assert made.about["best_learning_rate"] == pytest.approx(
        tuning.groupby("learning_rate")["best_loss"].median().idxmin()
    )
    assert made.about["learning_rate_at_edge"] == (
        made.about["best_learning_rate"] in (tuning["learning_rate"].min(), tuning["learning_rate"].max())
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"textbook": "hope"}, "textbook = 'hope'"),
        ({"live": ["PQ 2"]}, "live = 'PQ 2'"),
        ({"rate_factors": [4]}, r"rate_factors = \[4\]"),
        ({"tune_every": 0}, "tune_every = 0"),
    ],
)
def test_a_bad_field_is_named(change, named):
    with pytest.raises(FieldError, match=rf"EarlyStopping\.{named}"):
        EarlyStopping(**FIELDS | change)


@pytest.mark.parametrize("change", [{"patiences": [2, 1]}, {"gl": []}, {"metrics": ["luck"]}, {"strip": 0}])
def test_a_bad_grid_is_named(change):
    with pytest.raises(FieldError, match=rf"RuleGrid\.{next(iter(change))}"):
        replace(GRID, **change)


def test_one_run_alone_has_a_headline_and_an_answer(measured):
    study = EarlyStopping(**FIELDS)
    gathered = gather_study(study, [measured])
    headline = gathered.tables["headline"]
    assert headline["quantity"].tolist() == ["share_of_budget_trained", "test_loss_cost"] * 2
    book = gathered.tables["tradeoff"].query(f"rule == '{BOOK}'")
    np.testing.assert_allclose(headline["value"][[0, 2]], book["time"])
    assert set(gathered.tables["summary"]["split"]) == {"test"}
    assert len(study.answer(gathered)) == 3
