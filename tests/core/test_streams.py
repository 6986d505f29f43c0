"""A seed's numbers depend on its number, split, root and purpose, and on nothing else."""

import itertools

import numpy as np
import pytest

from src.core import streams
from src.core.streams import NormalStream, OrderStream, Seed, seeds

NOISE_OF_RECORD = [-0.7169065076797022, -0.032320084382522596]
ORDER_OF_RECORD = [6, 9, 3, 7, 8, 2, 1, 4]


def noise(all_seeds, steps=7, dimension=3):
    stream = NormalStream(all_seeds, dimension)
    return np.stack([stream.next() for _ in range(steps)])


def order(all_seeds, size=10, batch_size=4, steps=9):
    stream = OrderStream(all_seeds, size, batch_size)
    return np.stack([stream.next() for _ in range(steps)])


@pytest.mark.parametrize("draw", [noise, order])
def test_a_seeds_numbers_do_not_depend_on_the_others(draw):
    together = draw(seeds(6))
    for company in ([4], [4, 0], [5, 4, 3], [1, 2, 4]):
        drawn = draw([Seed(number) for number in company])
        assert np.array_equal(drawn[:, company.index(4)], together[:, 4])


@pytest.mark.parametrize("block", [1, 10, 40, 2**18])
def test_noise_does_not_depend_on_the_size_of_the_blocks(monkeypatch, block):
    whole = noise(seeds(4), steps=30)
    monkeypatch.setattr(streams, "BLOCK_VALUES", block)
    assert np.array_equal(noise(seeds(4), steps=30), whole)


def test_noise_is_standard_normal():
    drawn = noise(seeds(20), steps=500, dimension=10)
    assert abs(drawn.mean()) < 0.01  # 100 000 draws: three standard errors
    assert drawn.std() == pytest.approx(1, abs=0.01)
    rows = drawn.transpose(1, 0, 2).reshape(20, -1)
    assert np.abs(np.corrcoef(rows) - np.eye(20)).max() < 0.07


def test_the_order_of_the_data_does_not_depend_on_the_batch_size():
    by_batch = [order(seeds(3), batch_size=b, steps=40 // b).transpose(1, 0, 2).reshape(3, -1) for b in (1, 4, 5, 10)]
    assert all(np.array_equal(each, by_batch[0]) for each in by_batch)


def test_every_sample_is_seen_once_an_epoch():
    laid_out = order(seeds(3), size=10, batch_size=4, steps=15).transpose(1, 0, 2).reshape(3, 6, 10)
    assert np.array_equal(np.sort(laid_out, axis=-1), np.broadcast_to(np.arange(10), (3, 6, 10)))
    assert not np.array_equal(laid_out[:, 0], laid_out[:, 1])
    assert not np.array_equal(laid_out[0], laid_out[1])


def test_splits_roots_numbers_and_purposes_share_no_number():
    all_seeds = [Seed(number, split, root) for number in range(4) for split in ("tuning", "test") for root in (0, 1)]
    purposes = ("start", "noise", "order", "data")
    draws = [seed.generator(purpose).integers(0, 2**63, 100) for seed in all_seeds for purpose in purposes]
    assert all(not set(first) & set(other) for first, other in itertools.combinations(draws, 2))


def test_a_seed_always_starts_its_stream_at_the_beginning():
    seed = Seed(3, "tuning", 5)
    assert np.array_equal(seed.generator("start").random(5), seed.generator("start").random(5))
    assert seeds(2, "tuning", 5) == [Seed(0, "tuning", 5), Seed(1, "tuning", 5)]


def test_the_streams_stay_what_they_are():
    """Numbers of record: a change here changes every result of the project."""
    assert noise([Seed(0)], 1, 2)[0, 0].tolist() == pytest.approx(NOISE_OF_RECORD, abs=1e-15)
    assert order([Seed(0)], steps=2)[:, 0].ravel().tolist() == ORDER_OF_RECORD
