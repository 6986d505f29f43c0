"""Methods ranked on each problem and over all of them, on scores whose answer is plain."""

import numpy as np
import pandas as pd
import pytest

from src.core.result import Result
from src.protocol.ranking import FLOOR, overall_table, profile_table, ranking_table

INF, NAN = np.inf, np.nan
SEEDS = 12
SPREAD = np.geomspace(0.5, 2, SEEDS) / np.median(np.geomspace(0.5, 2, SEEDS))


def cell(optimizer, score, *, problem="p", minimum=0.0, target=1e-3, times=None, steps=100):
    score = np.broadcast_to(score, SEEDS).astype(float)
    times = np.full(SEEDS, NAN) if times is None else np.broadcast_to(times, SEEDS).astype(float)
    test = pd.DataFrame(
        {
            "split": "test",
            "seed": np.arange(SEEDS),
            "score": score,
            "status": np.where(np.isinf(score), "diverged", "out_of_budget"),
            "steps_to_target": times,
            "steps": steps,
        }
    )
    tuning = test.assign(split="tuning", score=-99.0)
    about = {
        "problem": problem, "method": optimizer, "best_learning_rate": 0.1, "learning_rate_at_edge": False,
        "test_metric": "loss",
        "minimum": minimum, "target": target, "steps": steps,
    }  # fmt: skip
    summary = pd.concat([tuning, test.sample(frac=1, random_state=0)])
    return Result(tables={"summary": summary}, metrics={}, about=about)


def test_the_best_comes_first_and_the_others_are_compared_with_it():
    table = ranking_table([cell("worse", 0.1 * SPREAD), cell("best", 0.01 * SPREAD), cell("lost", INF)])
    assert table["method"].tolist() == ["best", "worse", "lost"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert set(table["best"]) == {"best"}
    np.testing.assert_allclose(table["log10_ratio"], [NAN, -1, -INF])
    np.testing.assert_array_equal(table["superiority"], [NAN, 1, 1])
    assert table["tied_with_best"].tolist() == [True, False, False]
    assert table["diverged_rate"].tolist() == [0, 0, 1]
    assert table["score"].tolist() == pytest.approx([0.01, 0.1, INF])
    assert (table["p_holm"].dropna() >= table["p"].dropna()).all()
    # Twelve pairs that all go one way: 2 / 2^12 exactly, times two comparisons.
    assert table["p"].dropna().max() < 0.01


def test_methods_that_the_seeds_do_not_separate_are_with_the_best():
    mixed = SPREAD[::-1]
    table = ranking_table([cell("one", SPREAD), cell("other", 1.01 * mixed)])
    assert table["tied_with_best"].all()
    assert table["p"].dropna().item() > 0.5


def test_a_method_that_wins_nearly_all_pairs_is_with_the_best_whose_median_is_lower():
    lower_median = np.repeat([1.0, 100.0], 6)
    winner = np.array([0.9, 0.9, 0.9, 0.9, 0.9, 1000.0, *[99.0] * 6])
    table = ranking_table([cell("winner", winner), cell("lower", lower_median)])
    assert table["method"].tolist() == ["lower", "winner"]
    assert table["superiority"].dropna().item() == pytest.approx(1 / 12)
    assert table["p_holm"].dropna().item() < 0.05
    assert table["tied_with_best"].all()


def test_gaps_to_a_known_minimum_below_rounding_are_ties_and_speed_decides():
    table = ranking_table(
        [
            cell("slow", -5 + 1e-15 * SPREAD, minimum=-5.0, times=50),
            cell("fast", -5 + 1e-14 * SPREAD, minimum=-5.0, times=10),
        ]
    )
    assert table["method"].tolist() == ["fast", "slow"]
    assert table["rank"].tolist() == [1.5, 1.5]
    assert table["log10_ratio"].tolist()[1] == 0
    assert table["tied_with_best"].all()
    assert FLOOR == 1e-12


def test_expected_running_time_charges_the_failures():
    """Half of the seeds succeed after 20 steps, the others spend 100: (6 * 20 + 6 * 100) / 6."""
    times = np.where(np.arange(SEEDS) % 2, NAN, 20.0)
    table = ranking_table([cell("half", SPREAD, times=times), cell("never", 2 * SPREAD)])
    assert table["ert"].tolist() == [120, INF]
    assert table["success_rate"].tolist() == [0.5, 0]


def test_a_problem_without_a_target_has_no_times():
    table = ranking_table([cell("one", SPREAD, target=None), cell("other", 10 * SPREAD, target=None)])
    assert table["method"].tolist() == ["one", "other"]
    assert "ert" not in table
    assert profile_table(table).empty


def test_one_method_alone_is_the_best():
    table = ranking_table([cell("only", SPREAD)])
    assert (table["rank"].item(), bool(table["tied_with_best"].item())) == (1, True)


def grid():
    return [
        cell("a", 0.01 * SPREAD, problem="p", times=10),
        cell("b", 0.1 * SPREAD, problem="p", times=40),
        cell("a", 0.1 * SPREAD, problem="q", times=30),
        cell("b", 0.01 * SPREAD, problem="q", times=10),
        cell("a", 0.01 * SPREAD, problem="r", times=10),
        cell("b", 0.1 * SPREAD, problem="r"),
        cell("a", SPREAD, problem="only_a", times=1),
    ]


def test_mean_ranks_are_over_the_problems_that_every_method_was_tried_on():
    table = overall_table(ranking_table(grid())).set_index("method")
    assert table["mean_rank"].to_dict() == pytest.approx({"a": 4 / 3, "b": 5 / 3})
    assert table["problems"].tolist() == [3, 3]
    assert table["tied_with_best"].to_dict() == {"a": 2, "b": 1}


def test_the_profile_is_the_share_of_problems_within_a_factor_of_the_fewest_steps():
    """Costs a: 10, 30, 10; b: 40, 10, never: ratios 1, 3, 1 and 4, 1, never."""
    table = profile_table(ranking_table(grid()))
    wide = table.pivot_table(index="tau", columns="method", values="fraction")
    assert wide.index.tolist() == [1, 3, 4]
    assert wide["a"].tolist() == pytest.approx([2 / 3, 1, 1])
    assert wide["b"].tolist() == pytest.approx([1 / 3, 1 / 3, 2 / 3])
