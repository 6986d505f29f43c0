"""Methods ranked on each problem and over all of them, on scores whose answer is plain."""

import numpy as np
import pandas as pd
import pytest

from src.core.result import Result
from src.protocol.ranking import FLOOR, overall_table, overall_title, profile_table, ranking_table, winners

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
    assert table["win_share"].tolist() == [1, 0.5, 0]
    assert set(table["best"]) == {"best"}
    np.testing.assert_allclose(table["log10_ratio"], [NAN, -1, -INF])
    np.testing.assert_array_equal(table["superiority"], [NAN, 1, 1])
    assert table["tied_with_best"].tolist() == [True, False, False]
    assert table["against_best"].tolist() == ["best", "worse", "worse"]
    assert table["diverged_rate"].tolist() == [0, 0, 1]
    assert table["score"].tolist() == pytest.approx([0.01, 0.1, INF])
    # Twelve pairs that all go one way: 2 / 2^12 exactly; Holm's factor is the number of pairs of three methods.
    assert table["p"].tolist()[1:] == pytest.approx([2 / 2**12] * 2)
    assert table["p_holm"].tolist()[1:] == pytest.approx([3 * 2 / 2**12] * 2)


def test_effects_have_the_ends_of_their_intervals_by_hand():
    """Paired ratios of 10 and of 1000, six of each; then 9 of 12 pairs won."""
    ratios = np.where(np.arange(SEEDS) < 6, 10.0, 1000.0)
    row = ranking_table([cell("best", 0.01), cell("worse", 0.01 * ratios)]).set_index("method").loc["worse"]
    assert row[["log10_ratio_low", "log10_ratio", "log10_ratio_high"]].tolist() == pytest.approx([-3, -2, -1])
    wins = np.where(np.arange(SEEDS) < 9, 10.0, 0.1)
    row = ranking_table([cell("best", 1.0), cell("worse", wins)]).set_index("method").loc["worse"]
    # Wilson (1927): (9 + z^2 / 2) / (12 + z^2) = 0.689, half its width 0.222 with z = 1.96
    ends = row[["superiority_low", "superiority", "superiority_high"]]
    assert ends.tolist() == pytest.approx([0.468, 0.75, 0.911], abs=1e-3)


def test_holms_factors_fall_with_the_p_values():
    """Pairs won by the best: 12 of 12 against the last, 11 of 12 against the second, which wins 10 of 12."""
    second = np.where(np.arange(SEEDS) < 11, 2.0, 0.5)
    last = np.where(np.arange(SEEDS) < 10, 3.0, 1.5)
    table = ranking_table([cell("best", 1.0), cell("second", second), cell("last", last)]).set_index("method")
    tail = {11: 2 * 13 / 2**12, 12: 2 / 2**12}
    assert table["superiority"].to_dict() == pytest.approx({"best": NAN, "second": 11 / 12, "last": 1}, nan_ok=True)
    assert table.loc["last", "p_holm"] == pytest.approx(3 * tail[12])
    assert table.loc["second", "p_holm"] == pytest.approx(2 * tail[11])


def test_other_problems_have_no_part_in_a_problems_p_values():
    two = [cell("one", SPREAD), cell("other", 1.5 * SPREAD)]
    many = [cell(name, SPREAD, problem=f"q{i}") for i in range(5) for name in ("one", "other")]
    alone, among = (table[table["problem"] == "p"] for table in (ranking_table(two), ranking_table([*two, *many])))
    pd.testing.assert_frame_equal(alone, among)


def test_methods_that_the_seeds_do_not_separate_are_with_the_best():
    mixed = SPREAD[::-1]
    table = ranking_table([cell("one", SPREAD), cell("other", 1.01 * mixed)])
    assert table["tied_with_best"].all()
    assert table["against_best"].tolist() == ["best", "not shown to be worse"]
    assert table["p"].dropna().item() > 0.5


def test_the_best_wins_the_most_pairs_whatever_the_medians():
    lower_median = np.repeat([1.0, 100.0], 6)
    winner = np.array([0.9, 0.9, 0.9, 0.9, 0.9, 1000.0, *[99.0] * 6])
    table = ranking_table([cell("winner", winner), cell("lower", lower_median)])
    assert table["method"].tolist() == ["winner", "lower"]
    assert table["win_share"].tolist() == pytest.approx([11 / 12, 1 / 12])
    assert table["against_best"].tolist() == ["best", "worse"]


def test_the_target_and_the_time_to_it_come_before_the_score():
    """The lowest scores of all are of runs that take longest."""
    late = cell("late", -5 + 1e-15 * SPREAD, minimum=-5.0, target=-4.999, times=50)
    early = cell("early", -5 + 1e-4 * SPREAD, minimum=-5.0, target=-4.999, times=10)
    never = cell("never", -5 + 1e-2 * SPREAD, minimum=-5.0, target=-4.999)
    table = ranking_table([late, never, early])
    assert table["method"].tolist() == ["early", "late", "never"]
    assert table["against_best"].tolist() == ["best", "worse", "worse"]
    assert table["log10_ratio"].tolist()[1] == 0  # within the tolerance both scores are the minimum


def test_a_method_that_alone_solves_a_problem_is_best_however_its_failures_end():
    """One method solves seven of twelve seeds and ends worst on the others; nobody else solves any."""
    solved = np.arange(SEEDS) < 7
    lonely = cell("lonely", np.where(solved, 0.0, 50.0), times=np.where(solved, 30.0, NAN))
    others = [cell(f"other{number}", (1.0 + number) * SPREAD) for number in range(2)]
    table = ranking_table([*others, lonely])
    assert table["method"].tolist()[0] == "lonely"
    assert table["win_share"].tolist() == pytest.approx([9.5 / 12, (0.5 + 2.5 / 12) / 2, (0.5 + 2.5 / 12) / 2])
    assert table["p"].tolist()[1:] == pytest.approx([2 / 2**7] * 2)
    assert table["against_best"].tolist() == ["best", "worse", "worse"]


def test_scores_within_the_tolerance_are_ties_wherever_they_lie():
    """Two methods end in the same local minimum, and one of them a rounding error lower each time."""
    table = ranking_table([cell("one", 0.7 + 1e-10 * SPREAD), cell("other", 0.7 + 5e-4)])
    assert table["rank"].tolist() == [1.5, 1.5]
    assert table["superiority"].dropna().item() == 0.5
    assert table["tied_with_best"].all()


def test_without_a_target_gaps_below_rounding_are_ties():
    table = ranking_table([cell("one", 1e-15, target=None), cell("other", 1e-14, target=None)])
    assert table["rank"].tolist() == [1.5, 1.5]
    assert FLOOR == 1e-12


@pytest.mark.parametrize(
    ("seeds", "methods", "said"),
    [
        (5, 2, "worse"),
        (3, 2, "3 seeds cannot tell, 4 could"),
        (6, 8, "6 seeds cannot tell, 7 could"),
        (7, 8, "worse"),
    ],
)
def test_too_few_seeds_say_so_and_how_many_could_tell(seeds, methods, said):
    """One method reaches the target always, the others never: as plain as can be."""
    cells = [cell("good", 0.0, times=20), *(cell(f"bad{i}", 1.0 + i) for i in range(methods - 1))]
    for one in cells:
        one.tables["summary"] = one.tables["summary"].query(f"seed < {seeds}")
    table = ranking_table(cells)
    assert table["against_best"].tolist() == ["best", *[said] * (methods - 1)]
    assert table["tied_with_best"].tolist() == [True, *[said != "worse"] * (methods - 1)]
    assert winners(table)[["best", "success", "expected steps"]].iloc[0].tolist() == ["good", 1, 20]
    shown = winners(table)["not shown to be worse"].item()
    assert shown == (said if said != "worse" else "none")


def test_methods_are_compared_on_the_seeds_that_they_share():
    few = cell("few", 2 * SPREAD)
    few.tables["summary"] = few.tables["summary"].query("seed < 8")
    table = ranking_table([cell("one", SPREAD), few])
    assert table["p"].dropna().item() == pytest.approx(2 / 2**8)


def test_methods_that_are_alike_are_rarely_called_worse():
    """Four copies of one method: at most one table in twenty may name any of them worse than the best of them."""
    rng = np.random.default_rng(0)
    rounds = 100
    named = 0
    for _ in range(rounds):
        table = ranking_table([cell(f"m{i}", rng.lognormal(size=SEEDS), target=None) for i in range(4)])
        named += not table["tied_with_best"].all()
    assert named / rounds <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / rounds)


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
    assert (table["mean_rank_low"] == 1).all()  # Student's interval of three ranks is wide; ranks lie in 1 … 2
    assert (table["mean_rank_high"] == 2).all()


def test_mean_ranks_that_chance_would_give_are_said_to_be_so():
    chance = overall_table(ranking_table(grid()))
    assert chance["friedman_p"].iloc[0] > 0.9
    assert "differ by no more than chance" in overall_title(chance)
    plain = [
        cell(name, score * SPREAD, problem=f"p{i}", times=time)
        for i in range(8)
        for name, score, time in (("good", 1e-4, 10), ("fair", 0.1, 40), ("bad", 1, NAN))
    ]
    table = overall_table(ranking_table(plain))
    assert table["method"].tolist() == ["good", "fair", "bad"]
    assert table[["mean_rank_low", "mean_rank_high"]].to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]
    assert overall_title(table).startswith("Over all 8 problems (rank 1 is best; methods less than 1.2 apart")


def test_the_profile_is_the_share_of_problems_within_a_factor_of_the_fewest_steps():
    """Costs a: 10, 30, 10; b: 40, 10, never: ratios 1, 3, 1 and 4, 1, never."""
    table = profile_table(ranking_table(grid()))
    wide = table.pivot_table(index="tau", columns="method", values="fraction")
    assert wide.index.tolist() == [1, 3, 4]
    assert wide["a"].tolist() == pytest.approx([2 / 3, 1, 1])
    assert wide["b"].tolist() == pytest.approx([1 / 3, 1 / 3, 2 / 3])
