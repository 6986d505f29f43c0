"""The probe finds the traits that problems were made with."""

import math

import numpy as np
import pytest
import torch

from src.advice.measured import of_problem
from src.advice.probe import probe, seen_by_a_search
from src.core.checks import FieldError
from src.problems.conditioned_quadratic import ConditionedQuadratic
from src.problems.nk import Nk
from src.problems.one_max import OneMax
from src.problems.plain_function import PlainFunction
from src.problems.rastrigin import Rastrigin
from src.protocol.searched_problem import SearchedProblem


def quadratic(condition, rotation_seed=None, dimension=5):
    lower, upper = (-2.0,) * dimension, (2.0,) * dimension
    return ConditionedQuadratic(
        condition=condition,
        rotation_seed=rotation_seed,
        lower=lower,
        upper=upper,
        start=None,
        steps=1,
        tolerance=1e-4,
    )


def plain(function, dimension=3):
    lower, upper = (-5.0,) * dimension, (5.0,) * dimension
    return PlainFunction(
        function=function, vectorized=False, maximize=False, lower=lower, upper=upper, start=None, steps=1,
        tolerance=1e-4, lowest=None,
    )  # fmt: skip


def number(problem, name, noise=0.0):
    searched = seen_by_a_search(problem)._replace(noise=noise)
    return probe(searched).traits.numbers[name].low


@pytest.mark.parametrize("condition", [1.0, 100.0, 1e4])
def test_a_quadratic_has_its_condition_and_no_minimum_beyond_one(condition):
    assert number(quadratic(condition), "conditioning") == pytest.approx(math.log10(condition), abs=0.01)
    assert number(quadratic(condition), "ruggedness") == 0
    assert number(quadratic(condition), "dimension") == pytest.approx(math.log10(5))


def test_coupling_is_of_the_axes():
    assert number(quadratic(100.0), "coupling") == pytest.approx(0, abs=1e-6)
    assert number(quadratic(100.0, rotation_seed=0), "coupling") > 0.3


def test_rastrigin_is_rugged_and_a_function_of_the_users_own_likewise():
    rastrigin = Rastrigin(dimension=2, lower=(-5.0,) * 2, upper=(5.0,) * 2, start=None, steps=1, tolerance=1e-4)
    same = plain(lambda x: float((10 + x**2 - 10 * np.cos(2 * np.pi * x)).sum()), 2)
    assert number(rastrigin, "ruggedness") > math.log10(3)
    assert number(same, "ruggedness") == pytest.approx(number(rastrigin, "ruggedness"))
    found = of_problem(same, math.inf)
    assert found.traits.gradients is False
    assert "no gradient is given" in found.lines[1]
    assert of_problem(rastrigin, math.inf).traits.gradients is True


def test_noise_is_measured_in_units_of_the_spread_between_points():
    points = torch.rand(4000, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 4 - 2
    spread = float(quadratic(10.0).value(points).std())
    assert number(quadratic(10.0), "noise") == -3
    assert number(quadratic(10.0), "noise", noise=0.1 * spread) == pytest.approx(-1, abs=0.3)
    # Noise is not taken for minima.
    assert number(quadratic(10.0), "ruggedness", noise=0.01 * spread) < math.log10(1.3)


def test_of_bits_ruggedness_is_the_number_that_a_flip_depends_on():
    nk = [Nk(dimension=50, neighbours=each, table_seed=0, steps=1) for each in (1, 8)]
    assert number(OneMax(dimension=50, steps=1), "ruggedness") == pytest.approx(2, rel=0.35)
    assert number(nk[0], "ruggedness") < number(nk[1], "ruggedness")
    assert number(nk[1], "ruggedness") == pytest.approx(9, rel=0.5)


def test_the_probe_counts_its_evaluations_and_takes_few_where_the_budget_is_small():
    calls = []
    counted = plain(lambda x: calls.append(1) or float((x**2).sum()))
    assert of_problem(counted, math.inf).evaluations == len(calls)
    many = len(calls)
    assert of_problem(counted, 300).evaluations == len(calls) - many < many / 2


def test_a_gradient_that_is_zero_is_of_no_use():
    class Flat(ConditionedQuadratic):
        def gradient(self, theta, batch=None):
            return self.value(theta), torch.zeros_like(theta)

    flat = Flat(**vars(quadratic(10.0)))
    assert probe(SearchedProblem(flat, *flat.box(), 0.0)).traits.gradients is False


def test_a_function_without_any_finite_value_is_refused_with_its_exception():
    def broken(x):
        raise ZeroDivisionError("always")

    with pytest.raises(FieldError, match=r"finite values.*always"):
        of_problem(plain(broken), math.inf)
