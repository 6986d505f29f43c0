"""Rankings from planted comparisons in which the right answer is known."""

import math

import numpy as np
import pytest
from advice_tables import SEEDS, comparison, traits

from src.advice.advice import advise
from src.advice.needs import Limits, Needs
from src.advice.ranking import rank, win_shares
from src.advice.traits import Interval, Traits

BOX = Limits(kind="box", gradients=None, memory=False, box=False)
SEARCH = Needs(gradients=False, domain="box", numbers=1, at_once=1)
NEEDS = dict.fromkeys("ABC", SEARCH)
# Many measured problems of two sorts: in few coordinates A is the fastest, in many B.
FEW = [comparison(f"few{number}", "ABC", traits(0.3 + number / 50)) for number in range(5)]
MANY = [comparison(f"many{number}", "BAC", traits(3.0 + number / 50)) for number in range(5)]


def first(answer):
    return answer.rankings[0].ranked[0].method


def test_the_near_problems_decide_and_the_far_ones_do_not():
    assert first(advise(traits(0.3), BOX, [*FEW, *MANY], NEEDS)) == "A"
    assert first(advise(traits(3.0), BOX, [*FEW, *MANY], NEEDS)) == "B"
    near = advise(traits(0.3), BOX, [*FEW, *MANY], NEEDS).near
    assert {one.problem for one, _ in near.votes} == {one.problem for one in FEW}


def test_of_two_near_problems_that_disagree_the_nearer_one_decides():
    near, less = comparison("near", "ABC", traits(1.0)), comparison("less", "BAC", traits(2.0))
    far = [comparison(f"far{number}", "CBA", traits(6.0)) for number in range(2)]  # they make the scale
    for dimension, best in ((1.1, "A"), (1.9, "B")):
        answer = advise(traits(dimension), BOX, [near, less, *far], NEEDS)
        assert {one.problem for one, _ in answer.near.votes} == {"near", "less"}
        assert first(answer) == best


def test_the_order_and_its_certainty_are_those_planted():
    [ranking] = advise(traits(0.3), BOX, [*FEW, *MANY], NEEDS).rankings
    assert [one.method for one in ranking.ranked] == ["A", "B", "C"]
    assert ranking.ranked[0].first > 0.99
    assert sum(one.first for one in ranking.ranked) == pytest.approx(1)
    assert all(one.low <= one.score <= one.high for one in ranking.ranked)
    assert ranking.ranked[0].score > 0.9
    assert ranking.ranked[1].score == pytest.approx(0.5, abs=0.1)


def test_methods_that_tie_share_the_first_place():
    tied = [comparison(f"tied{number}", "AB", spread=0.0) for number in range(4)]
    for one in tied:
        one.times[:] = 100.0
    [ranking] = advise(traits(), BOX, tied, NEEDS).rankings
    assert [(one.score, one.first) for one in ranking.ranked] == [(0.5, 0.5), (0.5, 0.5)]


def test_a_problem_on_which_the_seeds_disagree_leaves_the_ranking_open():
    open_ = [comparison("a", "AB", traits(0.3)), comparison("b", "BA", traits(0.3))]
    [ranking] = advise(traits(0.3), BOX, open_, NEEDS).rankings
    assert all(0.2 < one.first < 0.8 for one in ranking.ranked)
    assert ranking.ranked[0].high - ranking.ranked[0].low > 0.5


def test_nothing_is_near_beyond_the_radius_and_the_closest_is_named():
    answer = advise(traits(30.0), BOX, [*FEW, *MANY], NEEDS)
    assert answer.rankings == ()
    assert answer.near.votes == ()
    assert answer.near.closest is not None
    assert answer.near.closest.problem == "many4"
    assert answer.near.gap > math.sqrt(2)
    assert advise(traits(kind="bits"), BOX, FEW, NEEDS).near.closest is None


def test_a_method_that_needs_gradients_is_left_out_where_there_are_none():
    needs = NEEDS | {"A": Needs(gradients=True, domain="plane", numbers=0, at_once=1)}
    without = Limits(kind="box", gradients=False, memory=False, box=False)
    answer = advise(traits(0.3), without, FEW, needs)
    assert answer.refused == {"A": "it needs gradients"}
    assert [one.method for one in answer.rankings[0].ranked] == ["B", "C"]
    # What is left out is no opponent either: B lost to A in most pairs, and wins most of those that are left.
    assert answer.rankings[0].ranked[0].score > 0.7
    [ranking] = advise(traits(0.3), BOX, FEW, needs).rankings
    assert ranking.ranked[0].method == "A"
    assert ranking.ranked[1].score < 0.6


def test_methods_that_were_never_compared_are_ranked_apart():
    apart = [*FEW, comparison("few5", "DE", traits(0.3), study="another")]
    needs = NEEDS | dict.fromkeys("DE", SEARCH)
    rankings = advise(traits(0.3), BOX, apart, needs).rankings
    assert [[one.method for one in ranking.ranked] for ranking in rankings] == [["A", "B", "C"], ["D", "E"]]


def test_a_method_measured_on_few_of_the_near_problems_is_not_ranked():
    near = [(one, 1.0) for one in [*FEW, comparison("few5", "AD", traits(0.3))]]
    [ranking] = rank(near, "ABCD")
    assert [one.method for one in ranking.ranked] == ["A", "B", "C"]
    assert list(ranking.left_out) == ["D"]


def test_the_problem_itself_votes_alone_where_it_is_measured():
    measured = [comparison("mine", "BAC", traits(0.3)), *FEW]
    assert first(advise(traits(0.3), BOX, measured, NEEDS)) == "A"
    answer = advise(traits(0.3), BOX, measured, NEEDS, itself="mine")
    assert answer.near.measured_itself
    assert first(answer) == "B"


def test_a_target_reached_after_the_users_budget_is_not_reached():
    late = comparison("late", "AB", spread=0.0)  # A after 100 evaluations, B after 200
    late.scores[:] = [[0.5], [0.1]]
    assert np.nanmax(late.won("AB")[:, 0, 1]) == 1
    assert (late.won("AB", budget=150)[:, 0, 1] == 1).all()
    assert (late.won("AB", budget=50)[:, 0, 1] == 0).all()  # neither reaches the target: the lower score wins


def test_runs_that_are_missing_count_for_nothing():
    some = comparison("some", "AB", spread=0.0)
    some.times[1, 3:] = np.nan
    won = some.won("ABC")
    assert np.isnan(won[3:]).all()
    assert np.isnan(won[:, 2]).all()
    shares = win_shares(won)
    assert shares[:2].tolist() == [1.0, 0.0]
    assert np.isnan(shares[2])
    assert len(won) == SEEDS


def test_a_word_is_at_no_distance_from_the_numbers_that_it_stands_for():
    asked = Traits("box", None, {"ruggedness": Interval(0.3, math.inf)})
    measured = [comparison("smooth", "BA", traits(ruggedness=0.0)), comparison("rough", "AB", traits(ruggedness=0.7))]
    near = advise(asked, BOX, measured, NEEDS).near
    assert [(one.problem, round(gap, 2)) for (one, _), gap in zip(near.votes, near.distances, strict=True)] == [
        ("rough", 0.0),
        ("smooth", round(0.3 / 0.35, 2)),
    ]
