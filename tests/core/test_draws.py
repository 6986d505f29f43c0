"""Named streams: a seed's numbers depend on its name and on nothing else."""

import pytest
import torch

from src.core.draws import LONGEST_BLOCK, Draws
from src.core.streams import seeds


def test_a_seeds_numbers_depend_neither_on_neighbours_nor_on_other_names():
    together, alone = Draws(seeds(5)), Draws([seeds(5)[3]])
    for _ in range(LONGEST_BLOCK + 3):  # past a block's end
        together.uniform("other", 7)
        assert torch.equal(together.normal("steps", 4, 2)[3], alone.normal("steps", 4, 2)[0])


def test_a_block_that_memory_shortens_changes_nothing():
    many, few = Draws(seeds(300)), Draws(seeds(2))
    for _ in range(5):
        assert torch.equal(many.normal("wide", 500)[:2], few.normal("wide", 500))


def test_names_differ_and_rows_of_a_seed_share():
    draws = Draws(seeds(2), repeats=3)
    first, second = draws.uniform("a", 50), draws.uniform("b", 50)
    assert first.shape == (6, 50)
    assert torch.equal(first[0], first[2])
    assert not torch.equal(first[0], first[3])
    assert not torch.equal(first, second)
    assert 0.4 < float(first.mean()) < 0.6
    assert abs(float(draws.normal("n", 5000).std()) - 1) < 0.03


def test_a_name_keeps_its_shape_and_distribution():
    draws = Draws(seeds(1))
    draws.uniform("a", 2)
    with pytest.raises(ValueError, match="'a'"):
        draws.uniform("a", 3)
    with pytest.raises(ValueError, match="'a'"):
        draws.normal("a", 2)
