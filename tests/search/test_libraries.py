"""Libraries' searches: seeded by us alone, at their known best, and no guest outside the box."""

import random

import numpy as np
import pytest
import torch

from src.core.checks import FieldError
from src.core.search import Solver
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.problems.conditioned_quadratic import ConditionedQuadratic
from src.problems.quadratic import Quadratic
from src.problems.rastrigin import Rastrigin
from src.search.library import Box
from src.search.optuna_sampler import OptunaSampler
from src.search.pycma import Pycma
from src.search.scipy_cobyqa import ScipyCobyqa
from src.search.scipy_de import ScipyDifferentialEvolution
from src.search.scipy_dual_annealing import ScipyDualAnnealing
from src.search.scipy_lbfgs_restarts import ScipyLbfgsRestarts

BOX = {"lower": (-3.0, -1.0), "upper": (5.0, 2.0), "start": None, "steps": 1, "tolerance": 1e-8}
BOWL, WAVES = Quadratic(curvatures=(1.0, 2.0), **BOX), Rastrigin(dimension=2, **BOX)
START = torch.tensor([[4.0, 1.5]], dtype=torch.float64)
METHODS = {
    "cma": Pycma(population=None, sigma=0.3, growth=1),
    "evolution": ScipyDifferentialEvolution(population_factor=5, tolerance=0.01),
    "annealing": ScipyDualAnnealing(temperature=5230.0, descents=True),
    "trust": ScipyCobyqa(first_radius=0.1, last_radius=1e-8),
    "process": OptunaSampler(sampler="gaussian_process", random=5),
    "parzen": OptunaSampler(sampler="parzen", random=5),
}
POINTS = dict.fromkeys(METHODS, 60) | {"process": 9}


def search(problem, method, budget, seed=0):
    lower, upper = problem.box()
    run = SearchLoop(problem=problem, method=method, lower=lower, upper=upper, budget=budget)
    return run.run(START, seeds(seed + 1)[-1:])


@pytest.mark.parametrize("name", METHODS)
def test_the_global_generators_are_neither_read_nor_reset(name):
    """Another state of numpy's, Python's and torch's generators changes nothing; and the seed changes something."""
    traces, after = [], []
    for state in (1, 2):
        np.random.seed(state)  # noqa: NPY002 (libraries may read it)
        random.seed(state)
        torch.manual_seed(state)
        traces.append(search(WAVES, METHODS[name], POINTS[name]).best)
        after.append((np.random.random(), random.random()))  # noqa: NPY002 (as above)
    assert torch.equal(traces[0], traces[1])
    assert after[0] != after[1]
    if name != "trust":  # it draws nothing before its first restart
        assert not torch.equal(traces[0], search(WAVES, METHODS[name], POINTS[name], seed=1).best)


@pytest.mark.parametrize("name", ["annealing", "trust", "process", "parzen"])
def test_the_starting_point_is_the_first(name):
    assert float(search(BOWL, METHODS[name], 2).best[0, 0]) == pytest.approx(float(BOWL.value(START[0])), rel=1e-12)


@pytest.mark.parametrize(("name", "budget"), [("cma", 700), ("evolution", 900), ("annealing", 400), ("trust", 60)])
def test_a_bowl_is_solved_and_the_budget_spent_to_the_last(name, budget):
    result = search(BOWL, METHODS[name], budget)
    assert float(result.best[0, -1]) < 1e-8
    assert int(result.used) == budget
    assert not result.failures


def test_a_model_finds_a_bowl_in_fewer_evaluations_than_populations():
    process = search(BOWL, METHODS["process"], 25).best[0, -1]
    evolution = search(BOWL, METHODS["evolution"], 25).best[0, -1]
    assert process < 0.01 < evolution


def test_a_trust_region_learns_a_quadratic_from_its_values():
    """2 D + 1 values start the model; condition 10 in 5 dimensions takes some twenty more for each coordinate."""
    box = {"lower": (-4.0,) * 5, "upper": (6.0,) * 5, "start": None, "steps": 1, "tolerance": 1e-8}
    problem = ConditionedQuadratic(condition=10.0, rotation_seed=1, **box)
    lower, upper = problem.box()
    run = SearchLoop(problem=problem, method=METHODS["trust"], lower=lower, upper=upper, budget=110)
    assert float(run.run(torch.full((1, 5), 3.0, dtype=torch.float64), seeds(1)).best[0, -1]) < 1e-6


def test_shares_of_the_box_and_back():
    box = Box(lower=np.array([-1.0, 0.0]), upper=np.array([3.0, 0.1]), start=np.array([0.0, 0.05]))
    assert box.shares(box.start).tolist() == pytest.approx([0.25, 0.5])
    assert box.filled(box.shares(box.start)).tolist() == pytest.approx([0.0, 0.05])
    assert box.filled(np.array([1 + 1e-9, -1e-9])).tolist() == [3.0, 0.0]


def test_radii_out_of_order_are_refused():
    with pytest.raises(FieldError, match="last_radius"):
        ScipyCobyqa(first_radius=0.1, last_radius=0.1)


def test_streams_keep_their_names_though_the_classes_were_renamed():
    """A change here changes the numbers of every search by a library."""
    assert {name: method.stream_name for name, method in METHODS.items()} == {
        "cma": "LibraryCma",
        "evolution": "LibraryDifferentialEvolution",
        "annealing": "LibraryDualAnnealing",
        "trust": "LibraryTrustRegion",
        "process": "LibrarySurrogate",
        "parzen": "LibrarySurrogate",
    }
    assert ScipyLbfgsRestarts.stream_name == "LbfgsRestarts"


def test_a_solver_draws_from_the_stream_of_its_name():
    class Uniform(Solver):
        def solve(self, objective, setup, generator):
            while True:
                objective(BOX["lower"] + (np.array(BOX["upper"]) - BOX["lower"]) * generator.random(2))

    class Renamed(Uniform):
        stream_name = "Uniform"

    assert torch.equal(search(WAVES, Uniform(), 5).best, search(WAVES, Renamed(), 5).best)
    Renamed.stream_name = ""
    assert not torch.equal(search(WAVES, Uniform(), 5).best, search(WAVES, Renamed(), 5).best)
