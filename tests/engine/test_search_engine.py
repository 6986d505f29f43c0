"""Loop of a search: recorded values, the budget to the last evaluation, noise, solvers and their failures."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from src.core.search import Objective, Search, Solver
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.problems.quadratic import Quadratic
from src.search.genetic import Genetic
from src.search.random_search import RandomSearch

BOWL = Quadratic(curvatures=[1.0, 4.0], lower=[-1.0, -1.0], upper=[1.0, 1.0], start=None, steps=100, tolerance=1e-4)
LOWER, UPPER = BOWL.box()
START = torch.zeros(3, 2, dtype=torch.float64)


def search_loop(method, budget=25, problem=BOWL, **changes):
    return SearchLoop(problem=problem, method=method, lower=LOWER, upper=UPPER, budget=budget, **changes)


@dataclass(frozen=True, kw_only=True)
class Walk(Solver):
    """A solver that evaluates some points, one by one or together, and then ends, fails or goes on without end."""

    then: str

    def solve(self, objective: Objective, setup, generator) -> None:
        objective(np.array([0.5, 0.5]))
        objective.many(np.array([[5.0, 0.0], [0.1, 0.0], [0.2, 0.0]]))
        objective.with_gradient(np.array([0.0, 0.3]))
        if self.then == "fail":
            raise RuntimeError("singular")
        while self.then == "go on":
            objective(generator.uniform(-1, 1, 2))


def test_best_so_far_is_recorded_after_each_evaluation():
    result = search_loop(RandomSearch(population=10), snapshots=True).run(START, seeds(3))
    assert result.best.shape == (3, 25)
    assert result.used.tolist() == [25, 25, 25]
    points = torch.cat([shot.points for shot in result.snapshots])
    assert points.shape == (25, 2)  # the third generation of 10 was cut to 5
    torch.testing.assert_close(result.best[0], BOWL.value(points).cummin(0).values)
    assert torch.equal(BOWL.value(result.point), result.best[:, -1])


def test_a_solver_is_counted_its_points_outside_the_box_find_nothing():
    result = search_loop(Walk(then="end"), budget=8).run(START[:1], seeds(1))
    expected = [BOWL.value(torch.tensor([0.5, 0.5], dtype=torch.float64)).item()] * 2
    expected += [BOWL.value(torch.tensor([0.1, 0.0], dtype=torch.float64)).item()] * 6
    assert result.best[0].tolist() == pytest.approx(expected)
    assert result.used.tolist() == [5]
    assert result.point.tolist() == [[0.1, 0.0]]


def test_a_solver_that_never_ends_is_stopped_at_its_budget():
    result = search_loop(Walk(then="go on"), budget=50).run(START, seeds(3))
    assert result.used.tolist() == [50] * 3
    assert not result.failures


def test_a_budget_within_a_batch_of_points_cuts_the_batch():
    result = search_loop(Walk(then="end"), budget=3).run(START[:1], seeds(1))
    assert result.used.tolist() == [3]
    assert result.point.tolist() == [[0.1, 0.0]]


def test_a_solver_that_raises_is_a_value_with_a_reason():
    result = search_loop(Walk(then="fail"), budget=8).run(START, seeds(3), chunk=2)
    assert result.failures == dict.fromkeys(range(3), "RuntimeError: singular")
    assert result.best[:, -1].isfinite().all()


def test_noise_is_told_and_not_recorded():
    noisy = search_loop(RandomSearch(population=5), observation_noise=10.0).run(START, seeds(3))
    clean = search_loop(RandomSearch(population=5)).run(START, seeds(3))
    assert torch.equal(noisy.best, clean.best)  # random search does not listen
    genetic = Genetic(
        population=10, elites=1, tournament=2, crossover="blend", mutation="gaussian", mutation_rate=0.5,
        mutation_unit="gene", mutation_scale=0.05,
    )  # fmt: skip
    all_seeds = seeds(20)
    start = torch.zeros(20, 2, dtype=torch.float64)
    misled = search_loop(genetic, 300, observation_noise=10.0).run(start, all_seeds).best[:, -1].median()
    assert misled > 10 * search_loop(genetic, 300).run(start, all_seeds).best[:, -1].median()


def test_settings_by_row_equal_each_setting_alone():
    method = {
        "population": 10, "elites": 2, "tournament": 2, "crossover": "blend", "mutation": "gaussian",
        "mutation_unit": "gene",
    }  # fmt: skip
    rates, scales = [0.1, 0.9], [0.01, 0.2]
    tensors = {"mutation_rate": torch.tensor(rates), "mutation_scale": torch.tensor(scales)}
    together = search_loop(Genetic(**method, mutation_rate=0.5, mutation_scale=0.5), 60).run(START, seeds(3), tensors)
    for setting, (rate, scale) in enumerate(zip(rates, scales, strict=True)):
        alone = search_loop(Genetic(**method, mutation_rate=rate, mutation_scale=float(torch.tensor(scale))), 60)
        torch.testing.assert_close(alone.run(START, seeds(3)).best, together.best[setting::2], rtol=1e-6, atol=1e-9)


@dataclass(frozen=True, kw_only=True)
class Listens(Search):
    """Ten points at the middle of the box, whose observations are kept."""

    heard: list

    @property
    def needs_gradient(self) -> bool:
        return True

    def init(self, setup):
        return setup

    def ask(self, state, draws):
        return torch.zeros(state.rows, 10, state.dimension, dtype=torch.float64), state

    def tell(self, state, points, values, gradients, draws):
        self.heard.append((values, gradients))
        return state


@dataclass(frozen=True, kw_only=True)
class ListensAlone(Solver):
    """The same as a library's solver."""

    heard: list

    @property
    def needs_gradient(self) -> bool:
        return True

    def solve(self, objective, setup, generator):
        while objective.remaining:
            value, gradient = objective.with_gradient(np.zeros(2))
            self.heard.append((torch.tensor([[value]]), torch.from_numpy(gradient)[None, None]))


@pytest.mark.parametrize("method", [Listens, ListensAlone])
def test_noise_is_on_values_and_on_each_coordinate_of_gradients(method):
    for noise in (0.0, 0.5):
        heard = []
        search_loop(method(heard=heard), 1000, observation_noise=noise).run(START[:2], seeds(2))
        values = torch.cat([value.flatten() for value, _ in heard])
        gradients = torch.cat([gradient.reshape(-1, 2) for _, gradient in heard])
        numbers = torch.cat([values[:, None], gradients], dim=1)  # the truth is 0 in all three
        assert numbers.std(dim=0).tolist() == pytest.approx([noise] * 3, rel=0.1)
        assert numbers.mean(dim=0).abs().max() <= 0.1 * noise
        if noise:
            assert (torch.corrcoef(numbers.T) - torch.eye(3)).abs().max() < 0.1
            successive = torch.stack([numbers[:-1].T.flatten(), numbers[1:].T.flatten()])
            assert torch.corrcoef(successive)[0, 1].abs() < 0.1  # nor are points, generations and rows alike
