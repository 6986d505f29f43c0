"""Differential evolution, particle swarm, annealing and the methods for bits, by hand and by probability."""

import math
from dataclasses import replace

import pytest
import torch

from src.core.checks import FieldError
from src.core.draws import Draws
from src.core.search import Setup
from src.core.streams import seeds
from src.search.annealing import PROBES, Annealing
from src.search.annealing_textbook import AnnealingTextbook
from src.search.binary_annealing import BinaryAnnealing
from src.search.binary_genetic import BinaryGenetic
from src.search.differential_evolution import DifferentialEvolution, default_population
from src.search.latin_hypercube_search import LatinHypercubeSearch
from src.search.metropolis import accepted
from src.search.one_plus_one_ea import OnePlusOneEa
from src.search.particle_swarm import BOUNCE, ParticleSwarm
from src.search.selection import others

SETUP = Setup(
    start=torch.zeros(1, 2, dtype=torch.float64),
    lower=torch.tensor([-10.0, 0.0], dtype=torch.float64),
    upper=torch.tensor([10.0, 1.0], dtype=torch.float64),
    budget=1000,
)
BITS = Setup(torch.zeros(1, 40).double(), torch.zeros(40).double(), torch.ones(40).double(), budget=1000)


EVOLUTION = DifferentialEvolution(population=5, strategy="rand", weight=0.5, dither=0.0, crossover=1.0)


class Fixed:
    """Draws that are given instead of drawn, by name."""

    def __init__(self, **numbers):
        self._numbers = {name: torch.tensor(values, dtype=torch.float64) for name, values in numbers.items()}

    def uniform(self, name, *shape):
        return self._numbers[name].expand(1, *shape)

    normal = uniform


def after_telling(method, setup=SETUP, values=None, draws=None):
    """The state after a first generation, and that generation."""
    draws = draws or Draws(seeds(1))
    points, state = method.ask(method.init(setup), draws)
    values_told = points.sum(-1) if values is None else torch.tensor([values], dtype=torch.float64)
    return method.tell(state, points, values_told, None, draws), points, values_told, draws


def test_others_are_different_and_every_order_is_as_likely():
    uniform = torch.from_numpy(seeds(1)[0].generator("search").random((6000, 4, 2)))
    chosen = others(uniform)
    index = torch.arange(4)[None, :, None]
    assert (chosen != index).all()
    assert (chosen[..., 0] != chosen[..., 1]).all()
    pairs, counts = torch.unique(chosen[:, 2], dim=0, return_counts=True)
    assert len(pairs) == 6
    assert (counts / 6000 - 1 / 6).abs().max() < 0.02


@pytest.mark.parametrize("strategy", ["rand", "best", "current_to_best"])
def test_a_trial_is_a_parent_with_coordinates_of_its_mutant(strategy):
    method = DifferentialEvolution(population=5, strategy=strategy, weight=0.5, dither=0.0, crossover=0.0)
    state, points, _, _ = after_telling(method, values=[3.0, 1.0, 2.0, 5.0, 4.0])
    # uniform 0 chooses the first other, then the next ones; the second coordinate is always crossed
    trials, _ = method.ask(state, Fixed(chosen=[0.0], crossed=[0.5], sure=[0.99], dither=[0.9]))
    p, best = points[0], points[0, 1]
    mutant = {
        "rand": p[1] + 0.5 * (p[2] - p[3]),
        "best": best + 0.5 * (p[1] - p[2]),
        "current_to_best": p[0] + 0.5 * (best - p[0] + p[1] - p[2]),
    }[strategy]
    assert float(trials[0, 0, 0]) == float(p[0, 0])
    inside = abs((float(mutant[1]) + 1) % 2 - 1)  # reflected into [0, 1]
    assert float(trials[0, 0, 1]) == pytest.approx(inside)


def test_each_generations_weight_is_dithered():
    """Uniform 0.75 is halfway up from the weight: F = 0.5 + 0.2 / 2."""
    method = replace(EVOLUTION, dither=0.2)
    state, points, _, _ = after_telling(method)
    trials, _ = method.ask(state, Fixed(chosen=[0.0], crossed=[0.5], sure=[0.0], dither=[0.75]))
    p = points[0]
    assert float(trials[0, 0, 0]) == pytest.approx(float((p[1] + 0.6 * (p[2] - p[3]))[0]))


@pytest.mark.parametrize(("dimension", "points"), [(2, 20), (5, 32), (10, 52), (20, 60), (40, 80)])
def test_the_default_population_follows_the_dimension(dimension, points):
    assert default_population(dimension) == points


def test_a_trial_replaces_its_parent_when_it_is_no_worse():
    method = DifferentialEvolution(population=4, strategy="rand", weight=0.5, dither=0.0, crossover=0.9)
    state, points, values, draws = after_telling(method)
    trials, state = method.ask(state, draws)
    new = values + torch.tensor([[-1.0, 0.0, 1.0, torch.inf]], dtype=torch.float64)
    after = method.tell(state, trials, new, None, draws)
    kept = [trials[0, 0], trials[0, 1], points[0, 2], points[0, 3]]
    torch.testing.assert_close(after.points[0], torch.stack(kept))


def test_a_particle_moves_by_its_three_pulls_and_bounces_off_a_face():
    method = ParticleSwarm(population=3, inertia=0.5, cognitive=1.0, social=2.0, neighbours="all")
    first = Fixed(first=[[0.5, 0.5], [0.25, 0.5], [1.0, 0.5]], velocities=[[0.5, 0.5], [0.75, 0.5], [1.0, 0.5]])
    state, places, _, _ = after_telling(method, values=[2.0, 1.0, 3.0], draws=first)
    assert places[0, :, 0].tolist() == [0, -5, 10]
    assert state.velocities[0, :, 0].tolist() == [0, 10, 0]
    moved, state = method.ask(state, Fixed(own=[0.5], shared=[0.25]))
    # the best is at -5: 0 + 2 * 0.25 * (-5 - 0); -5 + 0.5 * 10; 10 + 2 * 0.25 * (-15)
    assert moved[0, :, 0].tolist() == [-2.5, 0, 2.5]
    out = method.tell(state, moved, torch.tensor([[9.0, 9.0, 9.0]]).double(), None, first)
    fast = type(out)(**vars(out) | {"velocities": torch.full_like(out.velocities, -100.0)})
    stopped, state = method.ask(fast, Fixed(own=[0.0], shared=[0.0]))
    assert stopped[0, :, 0].tolist() == [-10, -10, -10]
    assert state.velocities[0, :, 0].tolist() == [BOUNCE * 50] * 3


def test_on_a_ring_a_particle_sees_its_two_neighbours():
    method = ParticleSwarm(population=5, inertia=0.0, cognitive=0.0, social=1.0, neighbours="ring")
    state, places, _, _ = after_telling(method, values=[5.0, 4.0, 1.0, 3.0, 2.0])
    moved, _ = method.ask(state, Fixed(own=[0.0], shared=[1.0]))
    led_by = [4, 2, 2, 2, 4]
    torch.testing.assert_close(moved[0], places[0, led_by])


def test_a_rise_is_accepted_with_boltzmanns_probability():
    uniform = torch.from_numpy(seeds(1)[0].generator("search").random((1, 20000)))
    zero = torch.zeros(1, 20000).double()
    for rise, temperature in ((1.0, 2.0), (3.0, 2.0), (0.5, 0.1)):
        share = accepted(zero, zero + rise, torch.tensor([[temperature]]).double(), uniform).double().mean()
        assert float(share) == pytest.approx(math.exp(-rise / temperature), abs=0.012)
    infinite = torch.tensor([[torch.inf, torch.inf, 1.0]]).double()
    new = torch.tensor([[torch.inf, 1.0, torch.inf]]).double()
    half = torch.full((1, 3), 0.5).double()
    assert accepted(infinite, new, torch.ones(1, 1).double(), half).tolist() == [[False, True, False]]


def test_without_heat_falls_and_levels_are_still_taken():
    old = torch.tensor([[1.0, 1.0, 1.0, torch.inf]]).double()
    new = torch.tensor([[0.5, 1.0, 1.5, torch.inf]]).double()
    half = torch.full((1, 4), 0.5).double()
    assert accepted(old, new, torch.zeros(1, 1).double(), half).tolist() == [[True, True, False, False]]


@pytest.mark.parametrize(
    ("method", "setup"),
    [
        (Annealing(chains=2, step=0.1, coolest=1e-4), SETUP),
        (BinaryAnnealing(warmest=0.5, coolest=0.02), BITS),
    ],
)
def test_a_plateau_under_all_probes_does_not_freeze_it(method, setup):
    state, _, _, draws = after_telling(method, setup, values=[1.0] * PROBES)
    assert float(state.hottest) == 0
    stepped, state = method.ask(state, draws)
    lower = torch.zeros(stepped.shape[:2], dtype=torch.float64)
    after = method.tell(state, stepped, lower, None, draws)
    kept = after.points if setup is SETUP else after.string
    assert kept.equal(stepped)


def test_annealing_begins_at_the_best_probes_as_hot_as_they_spread_and_ends_cold():
    method = Annealing(chains=2, step=0.1, coolest=1e-4)
    state, points, values, _ = after_telling(method)
    assert points.shape == (1, PROBES, 2)
    assert state.values[0].tolist() == values[0].sort().values[:2].tolist()
    assert float(state.hottest) == pytest.approx(float(values.std()))
    steps = (1000 - PROBES) // 2 - 1
    last = type(state)(**vars(state) | {"taken": steps})
    still, _ = method.ask(last, Fixed(steps=[1.0]))
    torch.testing.assert_close(still - last.points, torch.tensor([[[0.02, 0.001]] * 2]).double())


def test_the_textbooks_step_is_as_long_as_it_is_hot():
    method = AnnealingTextbook(temperature=4.0, cooling=0.5)
    state, points, _, draws = after_telling(method)
    assert points.tolist() == [[[0, 0]]]
    step, state = method.ask(state, Fixed(steps=[1.0]))
    assert step.tolist() == [[[4, 1]]]  # clipped to the box
    state = method.tell(state, step, torch.full((1, 1), -1.0).double(), None, draws)
    assert float(state.temperature) == 2.0
    assert method.ask(state, Fixed(steps=[1.0]))[0].tolist() == [[[6, 1]]]


def test_a_hypercube_has_one_point_in_each_slice():
    points, _ = LatinHypercubeSearch(population=8).ask(SETUP, Draws(seeds(1)))
    slices = ((points - SETUP.lower) / SETUP.width * 8).long().sort(dim=1).values
    assert slices[0].T.tolist() == [list(range(8))] * 2


@pytest.mark.parametrize("flips", [0.5, 1.0, 3.0])
def test_as_many_bits_are_flipped_as_the_rate_says(flips):
    method, draws = OnePlusOneEa(flips=flips), Draws(seeds(1))
    points, state = method.ask(method.init(BITS), draws)
    assert 8 < float(points.sum()) < 32
    state = method.tell(state, points, torch.zeros(1, 1).double(), None, draws)
    children = torch.stack([method.ask(state, draws)[0] for _ in range(3000)])
    flipped = float((children != points).double().sum(dim=-1).mean())
    assert flipped == pytest.approx(flips, rel=0.06)


@pytest.mark.parametrize(("crossover", "switches"), [("none", 0), ("one_point", 1)])
def test_bits_come_from_either_parent(crossover, switches):
    method = BinaryGenetic(population=200, elites=0, tournament=1, crossover=crossover, flips=0.0)
    strings = torch.cat([torch.zeros(1, 100, 40), torch.ones(1, 100, 40)], dim=1).double()
    draws = Draws(seeds(1))
    _, state = method.ask(method.init(BITS), draws)
    state = method.tell(state, strings, torch.zeros(1, 200).double(), None, draws)
    children, _ = method.ask(state, draws)
    assert int(children.diff(dim=-1).abs().sum(dim=-1).max()) == switches
    assert 0.4 < float(children.mean()) < 0.6


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: replace(EVOLUTION, population=3), "population"),
        (lambda: replace(EVOLUTION, strategy="worst"), "strategy"),
        (lambda: replace(EVOLUTION, dither=0.6), "dither"),
        (lambda: ParticleSwarm(population=9, inertia=1.0, cognitive=1.0, social=1.0, neighbours="ring"), "inertia"),
        (
            lambda: ParticleSwarm(population=9, inertia=0.5, cognitive=1.0, social=1.0, neighbours="star"),
            "neighbours",
        ),
        (lambda: Annealing(chains=21, step=0.1, coolest=0.5), "chains"),
        (lambda: BinaryGenetic(population=5, elites=5, tournament=2, crossover="none", flips=1.0), "elites"),
        (lambda: OnePlusOneEa(flips=0.0), "flips"),
    ],
)
def test_what_is_not_allowed_is_refused(make, field):
    with pytest.raises(FieldError, match=field):
        make()
