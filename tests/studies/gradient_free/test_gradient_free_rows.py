"""Rows R55 and R56: gradient descent at the textbook's settings on Eggholder and on Rastrigin."""

import math

import pytest
import torch

from src.core.draws import Draws
from src.core.search import Setup
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.problems.eggholder import Eggholder
from src.problems.rastrigin import Rastrigin
from src.search.gradient_descent import GradientDescent
from src.starts.given import Given
from src.starts.normal import Normal

STEPS = 100


def test_row_r55():
    problem = Eggholder(
        lower=(-512.0, -512.0), upper=(512.0, 512.0), start=(200.0, 200.0), steps=STEPS, tolerance=0.1
    )
    lower, upper = problem.box()
    method = GradientDescent(learning_rate=0.1, restarts=False, least_step=1e-8, patience=50)
    searcher = SearchLoop(problem=problem, method=method, lower=lower, upper=upper, budget=STEPS + 1)
    trace = searcher.run(Given().draw(problem, seeds(1)), seeds(1))
    assert trace.best[0, [0, -1]].tolist() == pytest.approx([-54.05, -525.18], abs=5e-3)
    assert trace.point[0].tolist() == pytest.approx([232.97, 247.98], abs=5e-3)


def test_row_r56_is_unstable_and_ends_above_what_it_visits():
    """One seed of the row ends at 20.0 and visits 1.96; here are the medians over 300."""
    problem = Rastrigin(dimension=2, lower=(-5.0, -5.0), upper=(5.0, 5.0), start=None, steps=STEPS, tolerance=1e-4)
    rate, curvature = 0.01, 2 + 40 * math.pi**2
    assert rate * curvature == pytest.approx(3.97, abs=5e-3)
    of = seeds(300)
    method = GradientDescent(learning_rate=rate, restarts=False, least_step=1e-8, patience=50)
    draws = Draws(of)
    state = method.init(Setup(Normal(scale=1.0, centre=0.0).draw(problem, of), *problem.box(), STEPS + 1))
    values = []
    for _ in range(STEPS + 1):
        points, state = method.ask(state, draws)
        value, gradient = problem.gradient(points[:, 0])
        values.append(value)
        state = method.tell(state, points, value[:, None], gradient[:, None], draws)
    assert values[-1].median() == pytest.approx(20.6, abs=3)
    assert torch.stack(values).amin(dim=0).median() == pytest.approx(2.16, abs=0.7)
