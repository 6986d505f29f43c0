"""Exact times of the (1+1) evolutionary algorithm against limits, small cases by hand, and simulation."""

import numpy as np
import pytest
import torch

from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.problems.leading_ones import LeadingOnes
from src.problems.one_max import OneMax
from src.search.one_plus_one_ea import OnePlusOneEa
from src.statistics.bit_flips import best_flips, fitted_optimum, leading_ones_time, one_max_time


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_one_bit_is_right_at_once_or_after_a_flip(rate):
    expected = 1 + 0.5 / rate
    assert one_max_time(1, rate) == pytest.approx(expected)
    assert leading_ones_time(1, rate) == pytest.approx(expected)


def test_long_strings_take_the_time_of_the_literature():
    """Hwang et al. 2018: e n ln n - 1.8925 n + e/2 ln n + 0.5979 steps; LeadingOnes: (e - 1) / 2 n^2; at 1 / n."""
    n = 400
    expansion = np.e * n * np.log(n) - 1.89254178 * n + np.e / 2 * np.log(n) + 0.59789875
    assert one_max_time(n, 1 / n) - 1 == pytest.approx(expansion, rel=2e-5)
    assert leading_ones_time(n, 1 / n) == pytest.approx((np.e - 1) / 2 * n**2, rel=0.01)


def test_the_best_rates_are_those_of_the_literature():
    assert best_flips("leading_ones", 2000) == pytest.approx(1.5936, abs=1e-3)
    assert best_flips("onemax", 100) > best_flips("onemax", 400) > 1


@pytest.mark.parametrize(
    ("problem", "time"),
    [(OneMax(dimension=12, steps=1), one_max_time), (LeadingOnes(dimension=12, steps=1), leading_ones_time)],
)
@pytest.mark.parametrize("flips", [0.6, 2.0])
def test_simulated_means_lie_within_four_standard_errors(problem, time, flips):
    lower, upper = problem.box()
    loop = SearchLoop(
        problem=problem,
        method=OnePlusOneEa(flips=flips),
        lower=lower,
        upper=upper,
        budget=4000,
        target=problem.target,
    )
    best = loop.run(torch.zeros(400, 12, dtype=torch.float64), seeds(400)).best.numpy()
    times = (best <= problem.target).argmax(axis=1) + 1
    error = times.std(ddof=1) / np.sqrt(len(times))
    assert abs(times.mean() - time(12, flips / 12)) < 4 * error


def test_a_parabola_in_logs_is_fitted_exactly():
    flips = np.geomspace(0.25, 4, 9)
    times = np.exp(3 + 0.7 * np.log(flips / 1.3) ** 2)
    assert float(fitted_optimum(flips, times)) == pytest.approx(1.3)
    assert fitted_optimum(flips, np.stack([times, 2 * times])).tolist() == pytest.approx([1.3, 1.3])
