"""MNIST-1D is what is published, whatever was drawn before; words are as rare as Zipf says."""

import random

import numpy as np
import pytest
import torch

from src.core.checks import FieldError
from src.problems.mnist1d import Mnist1d, _make
from src.problems.rare_words import RareWords

PUBLISHED = Mnist1d(samples=5000, valid_share=0.2, data_seed=42)
WORDS = {"vocabulary": 50, "length": 10, "exponent": 1.0, "samples": [4000, 10, 500], "data_seed": 0}


def test_the_published_signals():
    parts = PUBLISHED.load()
    assert [tuple(part.inputs.shape) for part in parts] == [(3200, 40), (800, 40), (1000, 40)]
    counts = sum(part.targets.bincount() for part in (parts.train, parts.valid))
    assert counts.tolist() == [398, 396, 411, 394, 394, 402, 401, 404, 402, 398]
    np.testing.assert_allclose(parts.train.inputs[0, :3], [-0.33200567, -0.47191037, -0.77869708], atol=1e-8)
    every = torch.cat([part.inputs for part in parts])
    assert every.mean().item() == pytest.approx(0, abs=1e-12)
    assert every.std(correction=0).item() == pytest.approx(1, abs=1e-12)
    assert PUBLISHED.load() is parts


def _global_draws():
    """The states of the generators that the package draws from."""
    return random.getstate(), str(np.random.get_state())  # noqa: NPY002 (the one in question)


def test_making_it_neither_reads_nor_moves_the_global_generators():
    data = Mnist1d(samples=100, valid_share=0.5, data_seed=3)
    first = data.load()
    _make.cache_clear()
    before = _global_draws()
    again = data.load()
    assert _global_draws() == before
    assert all(one.inputs.equal(other.inputs) for one, other in zip(first, again, strict=True))
    other = Mnist1d(samples=100, valid_share=0.5, data_seed=4).load()
    assert not other.train.inputs.equal(first.train.inputs)


@pytest.mark.parametrize(("field", "value"), [("samples", 55), ("valid_share", 1.0), ("data_seed", -1)])
def test_a_bad_field_of_mnist1d_is_named(field, value):
    with pytest.raises(FieldError, match=rf"Mnist1d\.{field} = {value}"):
        Mnist1d(**{"samples": 100, "valid_share": 0.5, "data_seed": 0} | {field: value})


def test_words_are_as_rare_as_zipf_says():
    train, _, test = RareWords(**WORDS).load()
    shares = 1 / np.arange(1, 51)
    expected = 1 - (1 - shares / shares.sum()) ** 10  # at least one of ten draws
    np.testing.assert_allclose(train.inputs.mean(0), expected, atol=0.03)
    assert set(train.inputs.unique().tolist()) == {0.0, 1.0}
    assert test.targets.double().mean().item() == pytest.approx(0.5, abs=0.1)


def test_the_classes_of_bags_of_words_are_those_of_a_line():
    train = RareWords(**WORDS).load().train
    weights = np.random.default_rng(0).standard_normal(50)
    sums = train.inputs.numpy() @ weights
    assert (train.targets.numpy() == (sums > sums.mean())).all()


@pytest.mark.parametrize(
    ("field", "value"), [("vocabulary", 1), ("length", 0), ("exponent", -1.0), ("samples", [1, 0, 2])]
)
def test_a_bad_field_of_bags_of_words_is_named(field, value):
    with pytest.raises(FieldError, match=rf"RareWords\.{field}"):
        RareWords(**WORDS | {field: value})
