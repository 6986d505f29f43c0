"""Early-stopping statistics of searches, at traces whose answers are worked out by hand."""

import numpy as np
import pandas as pd
import pytest
import torch

from src.monitor.prechelt import GeneralizationLoss
from src.monitor.stopping import Patience
from src.tables.search_summary import CHECKS, SEARCH_SUMMARY, search_summary, stopping_metrics


def rule(patience=2, min_delta=0.0, metric="tuning_metric"):
    return Patience(metric=metric, patience=patience, min_delta=min_delta, freeze=False, gradient_tolerance=0)


def summary(rows, used=None, stopping=None, target=None, **settings):
    best = torch.tensor(rows, dtype=torch.float64)
    calls = torch.full((len(best),), best.shape[1]) if used is None else torch.tensor(used)
    return search_summary(best, calls, np.arange(len(best)), stopping or rule(), target, **settings)


def test_the_rule_fires_after_as_many_checks_without_improvement():
    """Improvements at evaluations 1, 2 and 6; two checks without one end at evaluation 4."""
    table = summary([[5, 3, 3, 3, 3, 1]])
    assert tuple(table.columns) == SEARCH_SUMMARY
    (row,) = table.to_dict("records")
    assert (row["stopped_step"], row["steps_saved"], row["stopping_cost"]) == (4, 2, 2)
    assert (row["final_loss"], row["status"], row["steps"]) == (1, "finite", 6)


def test_a_rule_that_never_fires_saves_and_costs_nothing():
    (row,) = summary([[5, 4, 3, 2, 1]]).to_dict("records")
    assert np.isnan(row["stopped_step"])
    assert (row["steps_saved"], row["stopping_cost"]) == (0, 0)


def test_a_smaller_gain_than_min_delta_is_no_improvement():
    (row,) = summary([[1.0, 0.95, 0.93, 0.5]], stopping=rule(min_delta=0.1)).to_dict("records")
    assert (row["stopped_step"], row["stopping_cost"]) == (3, pytest.approx(0.43))


def test_replicates_do_not_influence_each_other():
    rows = [[5, 3, 3, 3, 3, 1], [5, 4, 3, 2, 1, 0], [np.inf] * 6]
    together = summary(rows)
    alone = pd.concat([summary([row]) for row in rows], ignore_index=True).assign(seed=[0, 1, 2])
    pd.testing.assert_frame_equal(together, alone)


def test_a_search_that_finds_nothing_failed_and_its_cost_is_unknown():
    """Of three checks, two without a finite value stop the search before the first finite one."""
    nothing, late = summary([[np.inf] * 3, [np.inf, np.inf, 7]]).to_dict("records")
    assert (nothing["status"], late["status"]) == ("failed", "finite")
    assert np.isnan([nothing["stopping_cost"], late["stopping_cost"]]).all()
    assert late["final_loss"] == 7


def test_evaluations_until_the_target_are_counted_from_one():
    table = summary([[5, 3, 3, 1], [9, 9, 9, 9]], target=3.0)
    assert table["solved"].tolist() == [True, False]
    assert table["steps_to_target"].tolist()[0] == 2
    assert np.isnan(table["steps_to_target"][1])
    assert not summary([[5, 3, 3, 1]])["solved"].any()  # no target


def test_a_call_with_a_gradient_counts_as_its_charge():
    (row,) = summary([[5, 3, 3, 3, 3, 1]], target=3.0, charge=2).to_dict("records")
    assert [row[name] for name in ("steps", "steps_to_target", "stopped_step", "steps_saved")] == [12, 4, 8, 4]
    assert row["stopping_cost"] == 2  # a difference of values


def test_a_search_that_ended_by_itself_was_not_stopped():
    """It ended after three calls, its value stays as it was: what comes later is no saving."""
    (row,) = summary([[5, 3, 3, 3, 3, 3]], used=[3]).to_dict("records")
    assert np.isnan(row["stopped_step"])
    assert (row["steps"], row["steps_saved"], row["stopping_cost"]) == (3, 0, 0)
    (row,) = summary([[5, 3, 3, 3, 3, 3]], used=[6]).to_dict("records")
    assert (row["stopped_step"], row["steps_saved"]) == (4, 2)


def test_calls_after_the_last_target_are_not_spent():
    """The batch went on for six calls; the first row was done after two, the second never."""
    first, second = summary([[5, 0, 0, 0, 0, 0], [5, 3, 3, 3, 3, 3]], target=0.5, last_target=0.1).to_dict("records")
    assert (first["steps"], first["steps_to_target"], first["steps_saved"]) == (2, 2, 0)
    assert (second["steps"], second["steps_saved"]) == (6, 2)


def test_long_budgets_are_checked_a_hundred_times():
    """The value falls until evaluation 500 of 1000, so the last improvement is seen at a check soon after."""
    best = torch.arange(1000.0, 0, -1).clamp(min=501)[None]
    table = search_summary(best, torch.tensor([1000]), np.array([7]), rule(patience=10), None)
    steps = 999 / (CHECKS - 1)
    assert table["seed"].tolist() == [7]
    assert table["stopped_step"][0] == pytest.approx(500 + 10 * steps, abs=steps)


def test_the_metrics_are_rate_median_and_mean_over_seeds():
    table = summary([[5, 3, 3, 3, 3, 1], [5, 4, 3, 2, 1, 0], [5, 5, 5, 4, 4, 4]])
    assert table["stopped_step"].tolist()[::2] == [4, 3]
    metrics, missing = stopping_metrics(table, rule())
    assert metrics == {
        "stopped_rate": pytest.approx(2 / 3), "stopped_step": 3.5, "steps_saved": pytest.approx(5 / 3),
        "stopping_cost": 1.0,
    }  # fmt: skip
    assert missing == {}


def test_what_has_no_value_has_a_reason():
    metrics, missing = stopping_metrics(summary([[5, 4, 3]]), rule())
    assert metrics == {"stopped_rate": 0, "steps_saved": 0, "stopping_cost": 0}
    assert missing == {"stopped_step": "the stopping rule fired for no seed"}
    metrics, missing = stopping_metrics(summary([[np.inf] * 4]), rule())
    assert set(metrics) == {"stopped_rate", "stopped_step", "steps_saved"}
    assert "finite" in missing["stopping_cost"]


def test_a_rule_on_what_a_search_has_not_names_the_setting_to_change():
    other = rule(metric="valid_loss")
    table = summary([[5, 3, 3, 3, 3, 1]], stopping=other)
    assert table["stopped_step"].isna().all()
    metrics, missing = stopping_metrics(table, other)
    assert metrics == {}
    assert set(missing) == {"stopped_rate", "stopped_step", "steps_saved", "stopping_cost"}
    assert "valid_loss" in missing["stopped_rate"]
    assert "stopping.metric=loss" in missing["stopped_rate"]


def test_a_rule_that_waits_for_a_rise_never_fires_on_best_values():
    rising = GeneralizationLoss(metric="loss", alpha=5.0, freeze=False, gradient_tolerance=0)
    assert summary([[5, 3, 3, 3, 3, 1]], stopping=rising)["stopped_step"].isna().all()
