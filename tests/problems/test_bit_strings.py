"""Bits counted by hand, a ring worked out by trying everything, and clauses that the hidden string satisfies."""

from itertools import product

import pytest
import torch

from src.core.checks import FieldError
from src.problems.leading_ones import LeadingOnes
from src.problems.nk import Nk
from src.problems.one_max import OneMax
from src.problems.three_sat import ThreeSat

STRINGS = torch.tensor([[1, 1, 0, 1], [0, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]], dtype=torch.float64)


def every_string(count):
    return torch.tensor(list(product((0.0, 1.0), repeat=count)), dtype=torch.float64)


def test_bits_are_counted():
    assert OneMax(dimension=4, steps=1).value(STRINGS).tolist() == [1, 1, 0, 4]
    assert LeadingOnes(dimension=4, steps=1).value(STRINGS).tolist() == [2, 4, 0, 4]


@pytest.mark.parametrize(("count", "neighbours"), [(8, 2), (7, 0), (9, 3), (6, 5)])
def test_the_lowest_of_a_ring_is_found_exactly(count, neighbours):
    problem = Nk(dimension=count, neighbours=neighbours, table_seed=1, steps=1)
    values = problem.value(every_string(count))
    assert problem.minimum.value == pytest.approx(float(values.min()), abs=1e-12)
    assert int((values <= problem.target).sum()) == 1


def test_a_contribution_is_of_a_bit_and_those_after_it():
    problem = Nk(dimension=4, neighbours=1, table_seed=0, steps=1)
    table = problem.table
    by_hand = (table[0, 0b11] + table[1, 0b10] + table[2, 0b01] + table[3, 0b11]) / 4
    assert float(problem.value(STRINGS[0])) == pytest.approx(float(by_hand))


def test_clauses_are_checked_one_by_one():
    problem = ThreeSat(dimension=6, clauses=30, clause_seed=3, steps=1)
    bits, wanted, solution = problem.formula
    assert all(len(set(clause.tolist())) == 3 for clause in bits)
    for string in every_string(6)[::7]:
        by_hand = sum(
            all(string[bit] != want for bit, want in zip(clause, values, strict=True))
            for clause, values in zip(bits, wanted, strict=True)
        )
        assert float(problem.value(string)) == by_hand
    assert float(problem.value(torch.tensor(solution, dtype=torch.float64))) == 0


def test_what_is_not_allowed_is_refused():
    with pytest.raises(FieldError, match="neighbours"):
        Nk(dimension=4, neighbours=4, table_seed=0, steps=1)
    with pytest.raises(FieldError, match="dimension"):
        ThreeSat(dimension=2, clauses=5, clause_seed=0, steps=1)
    with pytest.raises(FieldError, match="dimension"):
        OneMax(dimension=0, steps=1)
