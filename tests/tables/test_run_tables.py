"""The summary, curves, paths and contours of a descent, and the end metrics, from tensors written out by hand."""

import numpy as np
import pandas as pd
import pytest
import torch

from src.core.status import Status
from src.engine.descend import DescentResult, Series
from src.monitor.rule import NEVER
from src.problems.quadratic import Quadratic
from src.tables.end_metrics import end_metrics
from src.tables.planar_tables import CONTOURS, GRID, PATHS, contours_table, paths_table
from src.tables.run_tables import CURVE_POINTS, CURVES, SUMMARY, curves_table, summary_table

INF, NAN = np.inf, np.nan
PROBLEM = Quadratic(curvatures=[1.0], lower=[-2.0], upper=[2.0], start=[1.0], steps=4, tolerance=1e-3)
RATES = np.array([0.1, 10.0])
# Two seeds at two rates: solved at step 3; exploded at 2; stopped at 3, too early; no number from the start.
LOSS = [[1.0, 0.5, 0.1, 1e-4, 1e-5], [1, 10, INF, INF, INF], [1, 0.9, 0.95, 0.97, 0.5], [NAN] * 5]


def descent(loss=LOSS, *, stopped=(NEVER, NEVER, 3, NEVER), status=None, taken=(4, 2, 4, 0), **series):
    ends = (
        (Status.OUT_OF_BUDGET, Status.DIVERGED, Status.OUT_OF_BUDGET, Status.DIVERGED) if status is None else status
    )
    values = torch.tensor(loss, dtype=torch.float64).T
    return DescentResult(
        theta=torch.zeros(len(ends), 1, dtype=torch.float64),
        status=torch.tensor([int(end) for end in ends]),
        taken=torch.tensor(taken),
        stopped_step=torch.tensor(stopped),
        series={"loss": Series(torch.arange(len(values)), values)} | series,
        path=torch.empty(len(values), 0, 1),
    )


def summary(of=None, split="test", watched="loss"):
    return summary_table(PROBLEM, of or descent(), split, RATES, watched, 4)


def column(table, name):
    return table[name].to_numpy().tolist()


def test_one_row_a_replicate():
    table = summary()
    assert list(table.columns) == list(SUMMARY)
    assert column(table, "seed") == [0, 0, 1, 1]
    assert column(table, "learning_rate") == [0.1, 10, 0.1, 10]
    assert column(table, "status") == ["out_of_budget", "diverged", "out_of_budget", "diverged"]
    assert column(table, "steps") == [4, 2, 4, 0]
    assert column(table, "split") == ["test"] * 4


def test_a_diverged_replicate_scores_infinity():
    table = summary()
    assert column(table, "final_loss") == [1e-5, INF, 0.5, INF]
    assert column(table, "score") == [1e-5, INF, 0.5, INF]
    np.testing.assert_array_equal(table["initial_loss"], [1, 1, 1, NAN])


def test_a_finite_last_loss_does_not_hide_a_divergence():
    table = summary(descent([[1.0, 2, 3e9, 3e9, 3e9]] * 4, status=[Status.DIVERGED] * 4))
    assert column(table, "final_loss") == column(table, "score") == [INF] * 4


def test_the_target_is_reached_at_the_first_recorded_step_at_or_below_it():
    table = summary()
    assert column(table, "solved") == [True, False, False, False]
    np.testing.assert_array_equal(table["steps_to_target"], [3, NAN, NAN, NAN])
    at_once = summary(descent([[1e-3, 5, 5, 5, 5], [2e-3, 5, 5, 5, 5], [1, 1, 1, 1, 1e-3], [1, 1, 1, 1, 1.1e-3]]))
    np.testing.assert_array_equal(at_once["steps_to_target"], [0, NAN, 4, NAN])


def test_the_price_of_stopping():
    table = summary()
    np.testing.assert_array_equal(table["stopped_step"], [NAN, NAN, 3, NAN])
    assert column(table, "steps_saved") == [0, 0, 1, 0]
    np.testing.assert_allclose(table["stopping_cost"], [0, 0, 0.4, NAN])
    assert column(table, "best_loss") == [1e-5, 1, 0.5, INF]
    assert column(table, "best_step") == [4, 0, 4, 0]


def test_a_frozen_replicate_does_not_know_the_price():
    ends = (Status.OUT_OF_BUDGET, Status.DIVERGED, Status.STOPPED_EARLY, Status.DIVERGED)
    np.testing.assert_array_equal(summary(descent(status=ends))["stopping_cost"], [0, 0, NAN, NAN])


def test_what_is_watched_at_evaluations_is_found_by_step_and_accuracy_is_better_when_higher():
    accuracy = Series(
        torch.tensor([0, 2, 4]), torch.tensor([[0.1, 0.5, 0.3, 0.2], [0.6, 0.5, 0.4, 0.2], [0.7, 0.4, 0.9, 0.2]])
    )
    of = descent(stopped=(NEVER, 2, 2, NEVER), valid_accuracy=accuracy)
    table = summary_table(PROBLEM, of, "test", RATES, "valid_accuracy", 4)
    np.testing.assert_allclose(table["best_loss"], [0.7, 0.5, 0.9, 0.2], rtol=1e-6)
    assert column(table, "best_step") == [4, 0, 4, 0]
    np.testing.assert_allclose(table["stopping_cost"], [0, 0, 0.5, 0], atol=1e-6)
    assert column(table, "steps_saved") == [0, 2, 2, 0]
    np.testing.assert_allclose(table["final_valid_accuracy"], [0.7, 0.4, 0.9, 0.2], rtol=1e-6)


def test_curves_are_quartiles_over_replicates():
    grad = Series(torch.arange(5), torch.arange(20, dtype=torch.float64).reshape(5, 4))
    table = curves_table(descent(grad_norm=grad))
    assert list(table.columns) == list(CURVES)
    norms = table[table["metric"] == "grad_norm"]
    assert column(norms, "median") == [1.5 + 4 * step for step in range(5)]
    assert column(norms, "q25") == [0.75 + 4 * step for step in range(5)]
    loss = table[table["metric"] == "loss"]
    assert column(loss, "step") == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(loss["q25"], [1, 0.8, 0.7375, 0.727525, 0.37500250])
    np.testing.assert_array_equal(loss["q75"], [NAN] * 5)  # among the diverged: empty


def test_long_curves_are_thinned_and_keep_both_ends():
    values = torch.arange(5001, dtype=torch.float64)[:, None]
    long = descent([[1.0]], stopped=[NEVER], status=[Status.OUT_OF_BUDGET], taken=[0])
    long.series["loss"] = Series(torch.arange(5001), values)
    table = curves_table(long)
    assert len(table) == CURVE_POINTS
    assert column(table, "step")[:2] == [0, 5]
    assert column(table, "step")[-1] == 5000
    assert column(table, "median") == column(table, "step")


def test_paths_end_where_the_row_was_frozen():
    path = torch.tensor([[[1.0, 2], [3, 4]], [[5, 6], [7, INF]], [[8, 9], [7, INF]]])
    of = DescentResult(
        theta=path[-1], status=torch.tensor([4, 3]), taken=torch.tensor([2, 1]), stopped_step=torch.tensor([-1, -1]),
        series={}, path=path,
    )  # fmt: skip
    table = paths_table(of)
    assert list(table.columns) == list(PATHS)
    assert column(table, "seed") == [0, 0, 0, 1, 1]
    assert column(table, "step") == [0, 1, 2, 0, 1]
    assert column(table, "x") == [1, 5, 8, 3, 7]
    np.testing.assert_array_equal(table["y"], [2, 6, 9, 4, NAN])


def test_contours_cover_the_box():
    plane = Quadratic(curvatures=[1.0, 2.0], lower=[-2.0, 0.0], upper=[2.0, 1.0], start=None, steps=1, tolerance=1.0)
    table = contours_table(plane, *plane.box())
    assert list(table.columns) == list(CONTOURS)
    assert len(table) == GRID**2
    assert [table["x"].min(), table["x"].max(), table["y"].min(), table["y"].max()] == [-2, 2, 0, 1]
    np.testing.assert_allclose(table["value"], table["x"] ** 2 + 2 * table["y"] ** 2, rtol=1e-14)


def test_end_metrics_of_a_mixed_run():
    found, missing = end_metrics(summary(), 0.1, PROBLEM.target)
    assert found["diverged_rate"] == 0.5
    assert found["stopped_rate"] == 0.25
    assert found["stopped_step"] == 3
    assert found["steps_saved"] == 0.25
    assert found["success_rate"] == 0.25
    assert found["best_learning_rate"] == 0.1
    assert found["final_loss_q25"] == pytest.approx(0.37500250)
    assert missing == {
        "final_loss": "half of the seeds or more diverged",
        "final_loss_q75": "a quarter of the seeds or more diverged",
        "steps_to_target": "fewer than half of the seeds reached the target 0.001",
    }


def test_every_metric_is_there_or_says_why_not():
    good = pd.concat([summary().iloc[[0]]] * 3)
    for table in (good, summary().iloc[[1, 3]], summary()):
        for target in (None, 1e-3):
            found, missing = end_metrics(table, 0.1, target)
            assert not set(found) & set(missing)
            assert {"final_loss", "success_rate", "steps_to_target", "stopping_cost", "stopped_step"} <= {
                *found,
                *missing,
            }
            assert all(np.isfinite(value) for value in found.values())
            assert all(missing.values())
    assert end_metrics(good, 0.1, None)[1]["success_rate"] == "the problem has no target"
    assert end_metrics(good, 0.1, 1e-3)[0]["steps_to_target"] == 3
