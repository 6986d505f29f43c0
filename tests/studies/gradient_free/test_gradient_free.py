"""Charges, targets, profiles and contests at known answers."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from src.core.checks import FieldError
from src.problems.conditioned_quadratic import ConditionedQuadratic
from src.problems.dimensions import in_dimensions
from src.problems.five_wells import FiveWells
from src.problems.one_max import OneMax
from src.problems.plain_function import PlainFunction
from src.problems.rastrigin import Rastrigin
from src.protocol.claims import Claim
from src.search.gradient_descent import GradientDescent
from src.search.random_search import RandomSearch
from src.starts.uniform import Uniform
from src.studies.gradient_free.answer import reached_table
from src.studies.gradient_free.claims import verdicts
from src.studies.gradient_free.contests import Contest, Pairing, paired, superiority
from src.studies.gradient_free.headline import headline_rows
from src.studies.gradient_free.runs import (
    RateTuning,
    calls_to_targets,
    charges,
    outcomes_table,
    scale_of,
    searcher_on,
    times_table,
    with_tuned_learning_rate,
)
from src.studies.gradient_free.tables import profiles_table, running_times_table
from src.studies.gradient_free.transformed import RelaxedBits

BOX = {"lower": (-4.0, -3.0), "upper": (6.0, 7.0), "start": None, "steps": 100, "tolerance": 1e-4}
RANDOM = RandomSearch(population=10)


@dataclass(frozen=True, kw_only=True)
class Sloped(RandomSearch):
    """Takes gradients, as far as the charge is concerned."""

    @property
    def needs_gradient(self) -> bool:
        return True


SLOPED = Sloped(population=10)


def plain(function, **changes):
    fields = {"vectorized": True, "maximize": False, "lowest": 0.0, **BOX, **changes}
    return PlainFunction(function=function, **fields)


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_a_scale_counts_what_is_not_finite_as_the_worst(hole):
    def slope(points):
        return points[:, 0] + 4.0

    def holed(points):
        return np.where(np.arange(len(points)) < 1, hole, slope(points))

    def mostly_holes(points):
        return np.where(np.arange(len(points)) < 600, hole, slope(points))

    assert scale_of(plain(holed)) == pytest.approx(scale_of(plain(slope)), rel=0.01)
    assert 9.5 < scale_of(plain(mostly_holes)) <= 10
    with pytest.raises(FieldError, match="a problem with finite values in its box"):
        scale_of(plain(lambda points: np.full(len(points), hole)))


def test_a_function_that_always_raises_is_refused_with_its_exception():
    with pytest.raises(FieldError, match="finite values in its box; ZeroDivisionError: division by zero"):
        scale_of(plain(lambda point: 1 / 0))


def test_a_landscape_grows_with_its_box_repeated_and_its_minimum_kept():
    grown = in_dimensions(Rastrigin(dimension=2, **BOX), 5)
    assert (grown.lower, grown.upper) == ((-4, -3, -4, -3, -4), (6, 7, 6, 7, 6))
    assert grown.value(torch.zeros(5, dtype=torch.float64)) == 0
    quadratic = in_dimensions(ConditionedQuadratic(condition=10.0, rotation_seed=None, **BOX), 3)
    assert quadratic.dimension == 3
    with pytest.raises(FieldError, match="dimension = 3"):
        in_dimensions(FiveWells(**BOX), 3)


def test_a_gradient_is_charged_as_one_evaluation_more_and_as_one_for_each_coordinate():
    assert [charge.evaluations for charge in charges(RANDOM, 10)] == [1]
    assert [charge.evaluations for charge in charges(SLOPED, 10)] == [2, 11]


def test_first_times_count_calls_from_one():
    best = np.array([[5.0, 3.0, 3.0, 1.0], [9.0, 9.0, 9.0, 9.0]])
    times = calls_to_targets(best, np.array([5.0, 3.0, 2.0, 0.5]))
    assert times[0].tolist()[:3] == [1, 2, 4]
    assert np.isnan(times[0, 3])
    assert np.isnan(times[1]).all()


def test_each_charge_has_its_own_budget():
    """Of 24 evaluations, 12 calls with a backward pass; 8 calls with two differences each."""
    landscape = Rastrigin(dimension=2, **BOX)
    best = np.full((1, 12), 1.0)
    best[0, 9:] = 0.0  # solved at the tenth call
    found = outcomes_table(best, np.array([12]), landscape, SLOPED, 24).set_index("gradient_charge")
    assert found.loc["backward", ["gap", "time", "spent"]].tolist() == [0.0, 20.0, 24.0]
    assert found.loc["differences", ["gap", "spent"]].tolist() == [1.0, 24.0]
    assert np.isnan(found.loc["differences", "time"])


def test_targets_are_relative_to_the_median_gap_of_random_points():
    landscape = Rastrigin(dimension=2, **BOX)
    scale = scale_of(landscape)
    assert 25 < scale < 45  # 20 from the cosines, and the mean of x^2 over the box, about 10
    best = scale * np.array([[2.0, 0.9, 0.09, 0.05]])
    times = times_table(best, landscape, RANDOM, 4, np.array([1.0, 0.1, 0.01]))
    assert times["time"].tolist()[:2] == [2.0, 3.0]
    assert np.isnan(times["time"].iloc[2])


def outcomes():
    rows = [("easy", 2, "swarm", "values", seed, gap) for seed, gap in enumerate([0.0, 0.0, 1.0, 1.0])] + [
        ("easy", 2, "slope", "backward", seed, gap) for seed, gap in enumerate([1e-6, 1.0, 2.0, 0.5])
    ]
    frame = pd.DataFrame(rows, columns=["problem", "dimension", "method", "gradient_charge", "seed", "gap"])
    return frame.assign(tolerance=1e-4, time=frame["gap"].map(lambda gap: 10.0 if gap <= 1e-4 else np.nan), spent=20)


def test_a_pair_is_won_by_the_smaller_gap_and_two_solutions_are_a_tie():
    pairs = paired(Contest("swarm", "slope", "backward", outcomes()))
    found = superiority(pairs)
    assert found.value == pytest.approx((0.5 + 1 + 1 + 0) / 4)
    assert found.low < found.value < found.high


def test_contests_take_the_problems_and_dimensions_that_their_claim_is_about():
    runs = pd.DataFrame(
        {
            "problem": ["rough", "rough", "smooth"],
            "dimension": [2, 20, 20],
            "method": "random",
            "gradient_charge": "values",
        }
    )
    pairing = Pairing(
        methods=["swarm"], others=["slope"], gradient_charge="backward", problems=["rough"], ranges=[(2, 2), (5, 40)]
    )
    flat, steep = pairing.contests(runs)
    assert (flat.other, flat.gradient_charge, flat.runs["dimension"].tolist()) == ("slope", "backward", [2])
    assert steep.runs["dimension"].tolist() == [20]
    everyone = Pairing(methods=["swarm"], others=None, gradient_charge="values", problems=None, ranges=[(20, 40)])
    (many,) = everyone.contests(runs)
    assert (many.method, many.other, many.runs["problem"].tolist()) == ("swarm", "random", ["rough", "smooth"])
    with pytest.raises(FieldError, match="ranges"):
        Pairing(methods=["swarm"], others=None, gradient_charge="values", problems=None, ranges=[(40, 20)])


def test_a_claim_without_both_methods_names_the_runs_that_it_needs():
    claim = Claim(statement="", estimand="", smallest_effect=0.6, direction="above")
    both = {"methods": ["swarm"], "gradient_charge": "backward", "problems": None, "ranges": [(2, 2)]}
    pairings = {"C1.a": Pairing(others=["slope"], **both), "C1.b": Pairing(others=["away"], **both)}
    found = verdicts(dict.fromkeys(pairings, claim), pairings, outcomes())
    assert found.verdicts["claim"].tolist() == ["C1.a"]
    assert found.contests[["method", "other", "gradient_charge", "dimensions"]].to_numpy().tolist() == [
        ["swarm", "slope", "backward", "2"]
    ]
    assert found.missing == {"C1.b": "needs runs of one of swarm and one of away on the same problem"}
    alone = verdicts({"C1.a": claim}, {"C1.a": pairings["C1.a"]}, outcomes().query("method == 'swarm'"))
    assert alone.verdicts.empty
    assert alone.contests.empty


def test_a_narrow_sweep_has_a_headline_and_an_answer():
    times = outcomes().assign(precision=0.1)
    profiles = profiles_table(times, 10)
    running = running_times_table(outcomes(), 10)
    (row,) = headline_rows(profiles, running)
    assert row[:2] == ("largest_share_of_targets", 0.5)
    assert row[5] == "swarm; D = 2"
    (row,) = headline_rows(profiles.query("method == 'slope'"), running)
    assert row[1] == 0.25
    assert row[5] == "slope, gradients charged as backward; D = 2"
    other = times.query("method == 'slope'").assign(problem="other")
    ragged = profiles_table(pd.concat([times.query("method == 'swarm'"), other]), 10)
    assert ragged.empty  # neither method ran on both problems
    assert reached_table(ragged).empty
    assert headline_rows(ragged, running)[0][:2] == ("largest_success_rate", 0.5)


def test_a_box_s_points_are_rounded_to_bits():
    unit = RelaxedBits(bits=OneMax(dimension=3, steps=10))
    assert unit.value(torch.tensor([[0.2, 0.5, 0.9], [1.0, 0.6, 0.7]], dtype=torch.float64)).tolist() == [1, 0]
    assert scale_of(unit.bits) in (1.0, 2.0)


def test_profiles_leave_out_of_all_dimensions_what_was_not_run_in_all():
    rows = [
        ("a", dimension, method, "values", seed, 0.1, 4.0 * dimension)
        for method, most in (("wide", 5), ("narrow", 2))
        for dimension in (2, 5)
        if dimension <= most
        for seed in (0, 1)
    ]
    columns = ["problem", "dimension", "method", "gradient_charge", "seed", "precision", "time"]
    found = profiles_table(pd.DataFrame(rows, columns=columns), 10)
    assert found.groupby("dimension", sort=False)["method"].unique().map(list).to_dict() == {
        "2": ["narrow", "wide"][::-1],
        "5": ["wide"],
        "all": ["wide"],
    }
    at_two = found.query("dimension == '2' and method == 'wide'")
    assert (at_two["share"] == (at_two["evaluations"] >= 4)).all()


def test_running_time_counts_what_failures_cost():
    found = running_times_table(outcomes(), 10).set_index("method")
    assert found.loc["swarm", "success_rate"] == 0.5
    assert found.loc["swarm", "ert"] == pytest.approx((10 + 10 + 20 + 20) / 2)
    assert found.loc["slope", "ert"] == pytest.approx(10 + 20 + 20 + 20)


def test_the_rate_is_chosen_on_tuning_seeds():
    """On a bowl of curvature 1 a rate of 1 solves in a step; a rate above 2 diverges to the box's corners."""
    bowl = ConditionedQuadratic(condition=1.0, rotation_seed=None, **BOX)
    method = GradientDescent(learning_rate=0.1, restarts=False, least_step=1e-8, patience=50)
    searcher = searcher_on(bowl, bowl.box(), method, 40)
    assert searcher.budget == 20
    cell = SimpleNamespace(seeds=4, root_seed=0, start=Uniform(lower=None, upper=None))
    assert (
        with_tuned_learning_rate(
            searcher, cell, bowl, RateTuning(rates=[0.01, 1.0, 3.0], seeds=3)
        ).method.learning_rate
        == 1.0
    )
    assert (
        with_tuned_learning_rate(
            replace(searcher, method=RANDOM), cell, bowl, RateTuning(rates=[1.0], seeds=3)
        ).method
        is RANDOM
    )
