"""Transformed landscapes keep their lowest point and lose their slope; the effect of a start is told from chance."""

import numpy as np
import pandas as pd
import pytest
import torch

from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.problems.rastrigin import Rastrigin
from src.protocol.claims import Claim
from src.search.genetic import Genetic
from src.studies.gradient_free.claims import hard_verdicts
from src.studies.gradient_free.hard_tables import Rivals, conditions_table, start_effects_table
from src.studies.gradient_free.start_effects import less_between
from src.studies.gradient_free.transformed import Cusped, Rounded, Stepped

BOX = {"lower": (-4.0, -3.0), "upper": (6.0, 7.0), "start": None, "steps": 100, "tolerance": 1e-4}
LANDSCAPE = Rastrigin(dimension=2, **BOX)
POINTS = torch.tensor([[0.0, 0.0], [0.3, 1.2], [5.0, -2.0]], dtype=torch.float64)
RIVALS = Rivals(evolution=["swarm"], one_start="slope", gradients=["again"])


def test_steps_round_gaps_down_and_have_no_slope():
    stepped = Stepped(landscape=LANDSCAPE, grain=10.0)
    smooth = LANDSCAPE.value(POINTS)
    value, slope = stepped.gradient(POINTS)
    assert value.tolist() == [10 * (one // 10) for one in smooth.tolist()]
    assert not slope.any()


def test_rounded_points_lie_on_a_grid_through_the_minimum():
    rounded = Rounded(landscape=LANDSCAPE, grain=0.1)  # a pitch of 1
    assert rounded.on_grid(POINTS).tolist() == [[0, 0], [0, 1], [5, -2]]
    assert rounded.value(POINTS).tolist() == pytest.approx([0, 1, 29])
    assert not rounded.gradient(POINTS)[1].any()


def test_a_cusp_keeps_the_order_of_points_and_its_slope_is_that_of_its_value():
    cusped = Cusped(landscape=LANDSCAPE, grain=4.0)
    assert cusped.value(POINTS).tolist() == pytest.approx((2 * LANDSCAPE.value(POINTS).sqrt()).tolist())
    leaf = POINTS[1:].clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(cusped.value(leaf).sum(), leaf)
    own = cusped.gradient(POINTS)[1]
    torch.testing.assert_close(own[1:], slope)
    assert not own[0].any()


def starts():
    """Swarm: all spread by seed. Slope: all by start, with a standard deviation of 1 decade."""
    pick = np.random.default_rng(0)
    rows = [
        (problem, method, start, repeat, chance if method == "swarm" else float(start))
        for problem in ("a", "b")
        for method in ("swarm", "slope")
        for start in range(3)
        for repeat, chance in enumerate(pick.normal(size=50))
    ]
    return pd.DataFrame(rows, columns=["problem", "method", "start", "repeat", "decades"])


def test_the_effect_of_the_start_is_told_from_that_of_the_seed():
    found = start_effects_table(starts(), RIVALS).set_index("method")
    assert found.loc["slope", ["between", "within"]].tolist() == pytest.approx([1.0, 0.0])
    assert found.loc["swarm", "between"] < 0.15
    assert found.loc["swarm", "within"] == pytest.approx(1.0, rel=0.15)
    difference = less_between(starts(), "swarm", "slope")
    assert difference.value == pytest.approx(found.loc["swarm", "between"] - 1.0)


def test_conditions_say_the_mean_decades_over_landscapes_and_seeds():
    outcomes = pd.DataFrame(
        {"problem": ["a", "a", "b", "b"], "seed": [0, 1, 0, 1], "gap": [0.0, 0.1, 0.01, np.inf]}
    ).assign(method="swarm", condition="noisy")
    (row,) = conditions_table(outcomes, 0.001, RIVALS).to_dict("records")
    assert (row["kind"], row["condition"], row["decades"]) == ("evolution", "noisy", (-3 - 1 - 2 + 6) / 4)


def test_only_the_effect_of_the_start_is_compared_with_a_method_of_one_start():
    claim = Claim(statement="?", estimand="", smallest_effect=0.6, direction="above")
    claims = {"C30.noisy": claim, "C30.start": claim}
    outcomes = pd.DataFrame({"method": ["swarm", "slope", "again"], "gap": [0.1, 0.01, 1.0]})
    outcomes = outcomes.assign(condition="noisy", dimension=5, problem="a", seed=0)
    again = starts().query("method == 'slope'").assign(method="again")
    found = hard_verdicts(claims, RIVALS, outcomes, pd.concat([starts(), again]), precision=0.001)
    assert list(zip(found.contests["claim"], found.contests["other"], strict=True)) == [
        ("C30.noisy", "again"),
        ("C30.start", "slope"),
        ("C30.start", "again"),
    ]
    assert found.contests["estimate"][0] == 1.0
    assert found.contests["estimate"][1] < -0.8
    assert found.missing == {}


def test_a_claim_without_both_methods_names_the_runs_that_it_needs():
    claim = Claim(statement="?", estimand="", smallest_effect=0.6, direction="above")
    outcomes = pd.DataFrame({"method": ["swarm"], "condition": "noisy", "dimension": 5, "problem": "a", "seed": 0})
    found = hard_verdicts({"C30.noisy": claim, "C30.start": claim}, RIVALS, outcomes.assign(gap=1.0), starts(), 0.001)
    assert found.verdicts["claim"].tolist() == ["C30.start"]
    assert found.contests["other"].tolist() == ["slope"]
    assert found.missing == {"C30.noisy": "needs runs of one of swarm and one of again on the same problem"}


def test_what_ranks_points_alone_searches_the_same_points_where_there_is_a_cusp():
    method = Genetic(
        population=10, elites=2, tournament=2, crossover="simulated_binary", mutation="gaussian",
        mutation_rate=0.3, mutation_unit="gene", mutation_scale=0.05,
    )  # fmt: skip
    lower, upper = LANDSCAPE.box()
    found = [
        SearchLoop(problem=problem, method=method, lower=lower, upper=upper, budget=200).run(POINTS, seeds(3)).point
        for problem in (LANDSCAPE, Cusped(landscape=LANDSCAPE, grain=4.0))
    ]
    assert found[0].equal(found[1])
