"""Parts of a genetic algorithm against results by hand or by probability."""

import math

import pytest
import torch

from src.core.checks import FieldError
from src.core.draws import Draws
from src.core.search import Setup
from src.core.streams import seeds
from src.search.box import reflected
from src.search.crossover import blend, simulated_binary
from src.search.genetic import Genetic
from src.search.mutation import gaussian, polynomial
from src.search.selection import best, distinct, tournament

FIELDS = {
    "population": 6, "elites": 2, "tournament": 3, "crossover": "none", "mutation": "gaussian", "mutation_rate": 0.0,
    "mutation_unit": "gene", "mutation_scale": 0.1,
}  # fmt: skip
SETUP = Setup(
    start=torch.zeros(1, 2, dtype=torch.float64),
    lower=torch.tensor([-10.0, 0.0], dtype=torch.float64),
    upper=torch.tensor([10.0, 1.0], dtype=torch.float64),
    budget=100,
)
UNIFORM = torch.from_numpy(seeds(1)[0].generator("search").random((20000, 3)))


def test_entrants_are_distinct_and_every_set_is_as_likely():
    chosen = distinct(UNIFORM, 4).sort(dim=1).values
    assert (chosen.diff(dim=1) > 0).all()
    sets, counts = torch.unique(chosen, dim=0, return_counts=True)
    assert len(sets) == math.comb(4, 3)
    assert (counts / len(chosen) - 0.25).abs().max() < 0.015


def test_the_best_of_n_wins_a_tournament_of_k_with_probability_k_over_n():
    values = torch.arange(10.0).flip(0)[None]
    winners = tournament(values, UNIFORM[None])
    assert float((winners == 9).double().mean()) == pytest.approx(0.3, abs=0.015)
    assert int(winners.min()) == 2  # the two worst never win


def test_the_best_come_first_with_ties_in_their_order():
    points = torch.arange(4.0)[None, :, None]
    chosen, values = best(points, torch.tensor([[3.0, 1.0, torch.inf, 1.0]]), 3)
    assert chosen.flatten().tolist() == [1, 3, 0]
    assert values.flatten().tolist() == [1, 1, 3]


def test_blended_genes_lie_between_their_parents():
    first, second = blend(torch.tensor(2.0), torch.tensor(6.0), torch.tensor([0.0, 0.25, 1.0]))
    assert first.tolist() == [2, 3, 6]
    assert second.tolist() == [6, 5, 2]


def test_simulated_binary_crossover_keeps_the_mean_and_has_its_density():
    """Deb and Agrawal: P(beta <= 1) = 1/2, and for beta <= 1 the distribution function is beta^16 / 2."""
    uniform = UNIFORM[:, 0]
    mothers, fathers = torch.full_like(uniform, 1.0), torch.full_like(uniform, 3.0)
    first, second = simulated_binary(mothers, fathers, uniform)
    torch.testing.assert_close(first + second, torch.full_like(first, 4.0))
    beta = (second - first).abs() / 2
    for place in (0.9, 0.95, 1.0):
        assert float((beta <= place).double().mean()) == pytest.approx(place**16 / 2, abs=0.012)


def test_simulated_binary_crossover_mixes_the_genes_of_both_parents():
    first, _ = simulated_binary(torch.zeros(20000, 3), torch.ones(20000, 3), UNIFORM)
    by_father = (first > 0.5).long() @ torch.tensor([1, 2, 4])
    assert (torch.bincount(by_father, minlength=8) / 20000 - 1 / 8).abs().max() < 0.01


def test_one_gene_of_a_child_is_mutated_on_average_unless_a_rate_is_given():
    method = Genetic(**FIELDS | {"population": 4000, "elites": 0, "mutation_rate": None})
    asked, state = method.ask(method.init(SETUP), Draws(seeds(1)))
    state = method.tell(state, torch.zeros_like(asked), asked.sum(-1), None, Draws(seeds(1)))
    children, _ = method.ask(state, Draws(seeds(1)))
    moved = (children != 0).double().mean(dim=(0, 1))
    assert moved.tolist() == pytest.approx([1 / 2, 1 / 4], abs=0.03)  # 0 is a face of the second coordinate's box
    with pytest.raises(FieldError, match="mutation_rate"):
        Genetic(**FIELDS | {"mutation_rate": None, "mutation_unit": "individual"})


def test_gaussian_steps_have_the_scale_of_each_edge():
    children = torch.zeros(1, 20000, 2, dtype=torch.float64)
    step = gaussian(children, SETUP, torch.tensor(0.1, dtype=torch.float64), Draws(seeds(1)))
    assert step.std(dim=1)[0].tolist() == pytest.approx([2.0, 0.1], rel=0.02)


def test_polynomial_steps_are_bounded_by_the_edge_and_have_their_density():
    """Deb and Goyal: for index eta, P(|delta| > d) = (1 - d)^(eta + 1)."""
    children = torch.zeros(1, 20000, 2, dtype=torch.float64)
    step = polynomial(children, SETUP, torch.tensor(1 / 21, dtype=torch.float64), Draws(seeds(1)))[0, :, 1]
    assert float(step.abs().max()) < 1
    assert float((step.abs() > 0.05).double().mean()) == pytest.approx(0.95**21, abs=0.012)
    assert abs(float(step.mean())) < 0.002


def test_without_crossover_and_mutation_only_the_told_points_are_asked_and_the_elite_is_kept():
    method, draws = Genetic(**FIELDS), Draws(seeds(1))
    points, state = method.ask(method.init(SETUP), draws)
    assert points.shape == (1, 6, 2)
    values = torch.tensor([[5.0, 1.0, 4.0, 0.0, 3.0, 2.0]], dtype=torch.float64)
    state = method.tell(state, points, values, None, draws)
    brood, state = method.ask(state, draws)
    assert brood.shape == (1, 4, 2)
    known = {tuple(point) for point in points[0].tolist()}
    assert {tuple(point) for point in brood[0].tolist()} <= known
    state = method.tell(state, brood, torch.full((1, 4), 9.0, dtype=torch.float64), None, draws)
    assert state.values[0].tolist() == [0, 1, 9, 9, 9, 9]
    torch.testing.assert_close(state.points[0, 0], points[0, 3])


@pytest.mark.parametrize("unit", ["individual", "gene"])
def test_mutation_hits_as_many_as_its_rate_says(unit):
    method = Genetic(**FIELDS | {"population": 4000, "elites": 0, "mutation_rate": 0.3, "mutation_unit": unit})
    draws = Draws(seeds(1))
    points, state = method.ask(method.init(SETUP), draws)
    state = method.tell(state, points, torch.zeros(1, 4000, dtype=torch.float64), None, draws)
    brood, _ = method.ask(state, draws)
    known = {(axis, value) for axis in (0, 1) for value in points[0, :, axis].tolist()}
    moved = torch.tensor(
        [[(axis, value) not in known for axis, value in enumerate(row)] for row in brood[0].tolist()]
    )
    share = moved.double().mean(dim=0)
    assert share.tolist() == pytest.approx([0.3, 0.3], abs=0.03)
    both = float(moved.all(dim=1).double().mean())
    assert both == pytest.approx(0.3 if unit == "individual" else 0.09, abs=0.03)


def test_reflection_folds_back_however_far():
    points = torch.tensor([[[11.0, 1.25], [-35.0, -2.25]]], dtype=torch.float64)
    torch.testing.assert_close(reflected(points, SETUP)[0].tolist(), [[9.0, 0.75], [5.0, 0.25]])


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"elites": 6}, "elites"), ({"tournament": 7}, "tournament"), ({"mutation_rate": 1.1}, "mutation_rate"),
     ({"crossover": "two"}, "crossover"), ({"mutation_unit": "bit"}, "mutation_unit"),
     ({"mutation_scale": 0}, "mutation_scale")],
)  # fmt: skip
def test_what_is_not_allowed_is_refused(changes, field):
    with pytest.raises(FieldError, match=field):
        Genetic(**FIELDS | changes)
