import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from src.core.checks import FieldError
from src.problems.data import Digits, NpzFile, _divide
from src.problems.mlp import Mlp

SPLIT = {"split": [0.6, 0.2, 0.2], "split_seed": 0}


@pytest.fixture
def write(tmp_path):
    def write(**arrays):
        path = tmp_path / "data.npz"
        np.savez(path, **arrays)
        return NpzFile(path=str(path), **SPLIT)

    return write


def test_digits_are_divided_by_class_without_overlap():
    parts = Digits(**SPLIT).load()
    assert [len(samples.inputs) for samples in parts] == [1079, 359, 359]
    counts = np.bincount(load_digits().target)
    for samples, share in zip(parts, (0.6, 0.2, 0.2), strict=True):
        assert np.abs(np.bincount(samples.targets) - share * counts).max() <= 1
    rows = torch.cat([samples.inputs for samples in parts])
    assert len(torch.unique(rows, dim=0)) == len(np.unique(load_digits().data[:, _varying(parts)], axis=0))


def _varying(parts):
    return (parts.train.inputs.std(0) > 0).numpy()


def test_digits_are_standardized_by_the_training_part_alone():
    parts = Digits(**SPLIT).load()
    varying = _varying(parts)
    train = parts.train.inputs.numpy()
    assert 55 < varying.sum() < 64
    np.testing.assert_allclose(train.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(train[:, varying].std(0), 1, atol=1e-12)
    for samples in parts:
        assert (samples.inputs[:, ~varying] == 0).all()
    assert parts.test.inputs.mean(0).abs().max() > 0.02  # were all samples used, the parts would balance


def test_a_division_is_kept_and_follows_its_seed():
    first = Digits(**SPLIT).load()
    assert Digits(**SPLIT).load() is first
    other = Digits(split=[0.6, 0.2, 0.2], split_seed=1).load()
    assert not torch.equal(other.train.targets, first.train.targets)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"split": [0.6, 0.4, 0.0]}, r"Digits\.split = \[0\.6, 0\.4, 0\.0\]: must be three fractions above 0"),
        ({"split": [0.6, 0.2]}, r"Digits\.split = .*: must be a list of 3"),
        ({"split_seed": -1}, r"Digits\.split_seed = -1"),
    ],
)
def test_digits_refuse_a_wrong_division(fields, words):
    with pytest.raises(FieldError, match=words):
        Digits(**{**SPLIT, **fields})


def test_npz_file_gives_classes_with_images_and_values_as_columns(write):
    inputs = np.random.default_rng(0).normal(size=(50, 1, 4, 4))
    images = write(x=inputs, y=np.arange(50) % 5).load()
    assert images.train.inputs.shape == (30, 1, 4, 4)
    assert images.train.targets.bincount().tolist() == [6] * 5
    flat = images.train.inputs.flatten(1).numpy()
    np.testing.assert_allclose(flat.std(0), 1)


def test_npz_file_gives_values_as_columns(write):
    x = np.arange(20.0)[:, None]
    parts = write(x=x, y=3 * x[:, 0]).load()
    assert parts.valid.targets.shape == (4, 1)
    train = parts.train
    slope = (train.targets - train.targets.mean()) / train.inputs
    np.testing.assert_allclose(slope, slope[0, 0].item())


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x": np.ones((9, 2))}, "must be a file that holds x and y; it holds x"),
        ({"x": np.ones((9, 2)), "y": np.ones(8)}, r"x has shape \(9, 2\) and y \(8,\)"),
        ({"x": np.full((9, 2), np.nan), "y": np.ones(9)}, "x holds finite numbers"),
        ({"x": np.ones((9, 2)), "y": np.arange(9) - 1}, "y holds whole numbers from 0"),
        ({"x": np.ones((9, 2)), "y": np.array(["a"] * 9)}, "y holds whole numbers from 0"),
        ({"x": np.ones((9, 2)), "y": np.arange(9)}, "a division that 9 samples allow"),
    ],
)
def test_npz_file_refuses_what_it_cannot_use(write, arrays, words):
    with pytest.raises(FieldError, match=words) as caught:
        write(**arrays).load()
    assert "\n" not in str(caught.value)


def test_npz_file_that_is_missing_or_something_else(tmp_path):
    with pytest.raises(FieldError, match=r"NpzFile\.path = 'no\.npz': must be a file"):
        NpzFile(path="no.npz", **SPLIT).load()
    other = tmp_path / "table.csv"
    other.write_text("1,2")
    with pytest.raises(FieldError, match=r"table\.csv'.* must be a \.npz file; it is another kind .* numpy\.savez"):
        NpzFile(path=str(other), **SPLIT).load()
    with pytest.raises(FieldError, match=r"NpzFile\.path = None: must be the path of a \.npz file"):
        NpzFile(path=None, **SPLIT)


def test_npz_file_that_is_empty_cut_or_damaged_is_named(write, tmp_path):
    whole = write(x=np.ones((900, 2)), y=np.arange(900.0))
    content = (tmp_path / "data.npz").read_bytes()
    spoilt = content[:200] + bytes(byte ^ 255 for byte in content[200:400]) + content[400:]
    for held, words in (
        (b"", r"must be a \.npz file; it is empty"),
        (content[:500], r"must be a \.npz file; it is another kind of file, or cut short"),
        (spoilt, r"must be a whole \.npz file of numeric arrays; it cannot be read \(\w+: "),
    ):
        (tmp_path / "data.npz").write_bytes(held)
        with pytest.raises(FieldError, match=words) as caught:
            whole.load()
        assert "\n" not in str(caught.value)
        assert "data.npz" in str(caught.value)
        assert "unsafe" not in str(caught.value)


def test_npz_file_of_objects_is_refused(write):
    with pytest.raises(FieldError, match="numeric arrays") as caught:
        write(x=np.ones((9, 2)), y=np.array([None] * 9)).load()
    assert "unsafe" not in str(caught.value)


@pytest.mark.parametrize("targets", [np.arange(30), np.arange(30) - 7, np.arange(60).reshape(30, 2)])
def test_whole_numbers_are_values_for_mse(write, targets):
    data = write(x=np.arange(30.0)[:, None], y=targets)
    task = Mlp(
        widths=[1, targets.size // 30], activation="tanh", data=data, loss="mse", batch_size=None, epochs=1,
        precision="float64", target_loss=None,
    )  # fmt: skip
    held = torch.cat([samples.targets for samples in task.parts])
    assert held.dtype == torch.float64
    assert sorted(held[:, 0].tolist()) == sorted(targets.reshape(30, -1)[:, 0].tolist())


def test_whole_numbers_are_classes_for_cross_entropy_whatever_their_type(write):
    x = np.random.default_rng(0).normal(size=(50, 3))
    whole = write(x=x, y=np.arange(50) % 5).load_for("cross_entropy")
    floating = write(x=x, y=np.arange(50) % 5 + 0.0)
    _divide.cache_clear()  # the file has changed under the same path
    for one, other in zip(whole, floating.load_for("cross_entropy"), strict=True):
        assert torch.equal(one.targets, other.targets)
        assert other.targets.dtype == torch.int64
    assert floating.load().train.targets.is_floating_point()
