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
from src.problems.rastrigin import Rastrigin
from src.search.gradient_descent import GradientDescent
from src.search.random_search import RandomSearch
from src.starts.uniform import Uniform
from src.studies.search_contests import Contest, Pairing, paired, superiority
from src.studies.search_runs import (
    RateTuning,
    charges,
    first_times,
    outcomes_table,
    scale_of,
    searcher_on,
    times_table,
    tuned,
)
from src.studies.search_tables import profiles_table, running_times_table
from src.studies.spoilt import Unit

BOX = {"lower": (-4.0, -3.0), "upper": (6.0, 7.0), "start": None, "steps": 100, "tolerance": 1e-4}
RANDOM = RandomSearch(population=10)


@dataclass(frozen=True, kw_only=True)
class Sloped(RandomSearch):
    """Takes gradients, as far as the charge is concerned."""

    @property
    def needs_gradient(self) -> bool:
        return True


SLOPED = Sloped(population=10)


def test_a_landscape_grows_with_its_box_repeated_and_its_minimum_kept():
    grown = in_dimensions(Rastrigin(dimension=2, **BOX), 5)
    assert (grown.lower, grown.upper) == ((-4, -3, -4, -3, -4), (6, 7, 6, 7, 6))
    assert grown.value(torch.zeros(5, dtype=torch.float64)) == 0
    quadratic = in_dimensions(ConditionedQuadratic(condition=10.0, rotation_seed=None, **BOX), 3)
    assert quadratic.dimension == 3
    with pytest.raises(FieldError, match="dimension = 3"):
        in_dimensions(FiveWells(**BOX), 3)


def test_a_gradient_is_charged_as_one_evaluation_more_and_as_one_for_each_coordinate():
    assert [charge.each for charge in charges(RANDOM, 10)] == [1]
    assert [charge.each for charge in charges(SLOPED, 10)] == [2, 11]


def test_first_times_count_calls_from_one():
    best = np.array([[5.0, 3.0, 3.0, 1.0], [9.0, 9.0, 9.0, 9.0]])
    times = first_times(best, np.array([5.0, 3.0, 2.0, 0.5]))
    assert times[0].tolist()[:3] == [1, 2, 4]
    assert np.isnan(times[0, 3])
    assert np.isnan(times[1]).all()


def test_each_charge_has_its_own_budget():
    """Of 24 evaluations, 12 calls with a backward pass; 8 calls with two differences each."""
    landscape = Rastrigin(dimension=2, **BOX)
    best = np.full((1, 12), 1.0)
    best[0, 9:] = 0.0  # solved at the tenth call
    found = outcomes_table(best, np.array([12]), landscape, SLOPED, 24).set_index("cost")
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
    frame = pd.DataFrame(rows, columns=["problem", "dimension", "optimizer", "cost", "seed", "gap"])
    return frame.assign(tolerance=1e-4, time=frame["gap"].map(lambda gap: 10.0 if gap <= 1e-4 else np.nan), spent=20)


def test_a_pair_is_won_by_the_smaller_gap_and_two_solutions_are_a_tie():
    pairs = paired(Contest("swarm", "slope", "backward", outcomes()))
    found = superiority(pairs)
    assert found.value == pytest.approx((0.5 + 1 + 1 + 0) / 4)
    assert found.low < found.value < found.high


def test_contests_take_the_problems_and_dimensions_that_their_claim_is_about():
    told = pd.DataFrame(
        {"problem": ["rough", "rough", "smooth"], "dimension": [2, 20, 20], "optimizer": "random", "cost": "values"}
    )
    pairing = Pairing(
        methods=["swarm"], others=["slope"], cost="backward", problems=["rough"], ranges=[(2, 2), (5, 40)]
    )
    flat, steep = pairing.contests(told)
    assert (flat.other, flat.cost, flat.runs["dimension"].tolist()) == ("slope", "backward", [2])
    assert steep.runs["dimension"].tolist() == [20]
    everyone = Pairing(methods=["swarm"], others=None, cost="values", problems=None, ranges=[(20, 40)])
    (many,) = everyone.contests(told)
    assert (many.method, many.other, many.runs["problem"].tolist()) == ("swarm", "random", ["rough", "smooth"])
    with pytest.raises(FieldError, match="ranges"):
        Pairing(methods=["swarm"], others=None, cost="values", problems=None, ranges=[(40, 20)])


def test_a_box_s_points_are_rounded_to_bits():
    unit = Unit(bits=OneMax(dimension=3, steps=10))
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
    columns = ["problem", "dimension", "optimizer", "cost", "seed", "precision", "time"]
    found = profiles_table(pd.DataFrame(rows, columns=columns), 10)
    assert found.groupby("dimension", sort=False)["optimizer"].unique().map(list).to_dict() == {
        "2": ["narrow", "wide"][::-1],
        "5": ["wide"],
        "all": ["wide"],
    }
    at_two = found.query("dimension == '2' and optimizer == 'wide'")
    assert (at_two["share"] == (at_two["evaluations"] >= 4)).all()


def test_running_time_counts_what_failures_cost():
    found = running_times_table(outcomes(), 10).set_index("optimizer")
    assert found.loc["swarm", "success_rate"] == 0.5
    assert found.loc["swarm", "ert"] == pytest.approx((10 + 10 + 20 + 20) / 2)
    assert found.loc["slope", "ert"] == pytest.approx(10 + 20 + 20 + 20)


def test_the_rate_is_chosen_on_tuning_seeds():
    """On a bowl of curvature 1 a rate of 1 solves in a step; a rate above 2 diverges to the box's corners."""
    bowl = ConditionedQuadratic(condition=1.0, rotation_seed=None, **BOX)
    method = GradientDescent(rate=0.1, restarts=False, least_step=1e-8, patience=50)
    searcher = searcher_on(bowl, bowl.box(), method, 40)
    assert searcher.budget == 20
    cell = SimpleNamespace(seeds=4, root=0, start=Uniform(lower=None, upper=None))
    assert tuned(searcher, cell, bowl, RateTuning(rates=[0.01, 1.0, 3.0], seeds=3)).method.rate == 1.0
    assert tuned(replace(searcher, method=RANDOM), cell, bowl, RateTuning(rates=[1.0], seeds=3)).method is RANDOM
