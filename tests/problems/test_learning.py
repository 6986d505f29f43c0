import math

import numpy as np
import pytest
import torch

from src.core.checks import FieldError
from src.core.streams import OrderStream, seeds
from src.problems import learning
from src.problems.data import Digits, NpzFile
from src.problems.mlp import Mlp

DIGITS = Digits(split=[0.6, 0.2, 0.2], split_seed=0)
SETTINGS = {
    "data": DIGITS,
    "loss": "cross_entropy",
    "batch_size": 32,
    "epochs": 2,
    "precision": "float64",
    "target_loss": 0.1,
    "widths": [64, 16, 10],
    "activation": "relu",
}


def rows(task, count, sd=0.2):
    return torch.from_numpy(np.random.default_rng(7).normal(0, sd, (count, task.dimension))).to(task.dtype)


@pytest.mark.parametrize(
    ("batch_size", "epochs", "steps"), [(32, 2, 68), (None, 5, 5), (1, 1, 1079), (1079, 3, 3), (83, 13, 169)]
)
def test_steps_are_the_batches_of_all_epochs(batch_size, epochs, steps):
    task = Mlp(**{**SETTINGS, "batch_size": batch_size, "epochs": epochs})
    assert (task.size, task.steps) == (1079, steps)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"batch_size": 2000}, r"Mlp\.batch_size = 2000: must be at most 1079, the training samples"),
        ({"batch_size": 0}, r"Mlp\.batch_size = 0: must be a whole number"),
        ({"epochs": 0}, r"Mlp\.epochs = 0: must be a finite number above 0"),
        ({"precision": "half"}, r"Mlp\.precision = 'half': must be one of float32, float64"),
        ({"loss": "hinge"}, r"Mlp\.loss = 'hinge': must be one of cross_entropy, mse"),
        ({"loss": "mse"}, r"Mlp\.loss = 'mse': must be a loss for targets that are classes"),
        ({"data": "digits"}, r"Mlp\.data = 'digits': must be a data set"),
        ({"target_loss": math.nan}, r"Mlp\.target_loss = nan"),
    ],
)
def test_wrong_settings_are_one_clear_line(fields, words):
    with pytest.raises(FieldError, match=words) as caught:
        Mlp(**{**SETTINGS, **fields})
    assert "\n" not in str(caught.value)


def test_value_is_the_mean_cross_entropy_of_the_samples_named():
    task = Mlp(**{**SETTINGS, "widths": [64, 10]})
    theta = rows(task, 2)
    batch = torch.tensor([[3, 5, 5], [0, 1, 1078]])
    inputs, targets = task.parts.train
    for row, indices, value in zip(theta, batch, task.value(theta, batch), strict=True):
        logits = inputs[indices] @ row[:640].view(64, 10) + row[640:]
        expected = torch.nn.functional.cross_entropy(logits, targets[indices])
        torch.testing.assert_close(value, expected)


def test_value_takes_any_leading_axes():
    task = Mlp(**SETTINGS)
    theta = rows(task, 6)
    batch = torch.arange(6 * 4).view(6, 4)
    flat, whole = task.value(theta, batch), task.value(theta)
    assert torch.equal(task.value(theta.view(2, 3, -1), batch.view(2, 3, 4)), flat.view(2, 3))
    assert torch.equal(task.value(theta.view(3, 2, -1)), whole.view(3, 2))
    assert torch.equal(task.value(theta[0], batch[0]), flat[0])
    assert task.value(theta[0]).shape == ()


def test_a_batch_of_all_samples_is_the_full_batch():
    task = Mlp(**SETTINGS)
    theta = rows(task, 2)
    everything = torch.arange(task.size).expand(2, -1)
    for whole, named in zip(task.gradient(theta), task.gradient(theta, everything), strict=True):
        torch.testing.assert_close(whole, named)


def test_chunks_of_rows_change_nothing(monkeypatch):
    task = Mlp(**SETTINGS)
    theta = rows(task, 5)
    batch = torch.arange(5 * 8).view(5, 8)

    def measure():
        found = [task.value(theta), *task.gradient(theta), *task.gradient(theta, batch)]
        return [*found, *task.evaluate(theta).values(), *task.assess(theta).values()]

    whole = measure()
    monkeypatch.setattr(learning, "CHUNK_BYTES", 2 * 8 * 8 * task.activations)
    for one, other in zip(whole, measure(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-13, atol=1e-13)


def test_metrics_are_of_their_parts():
    task = Mlp(**{**SETTINGS, "widths": [64, 10]})
    theta = rows(task, 3)
    found = {**task.evaluate(theta), **task.assess(theta)}
    assert sorted(found) == ["test_accuracy", "test_loss", "train_loss", "valid_accuracy", "valid_loss"]
    assert task.tuning_metric in found
    assert task.test_metric in found
    torch.testing.assert_close(found["train_loss"], task.value(theta))
    for part in ("valid", "test"):
        inputs, targets = getattr(task.parts, part)
        logits = inputs @ theta[1, :640].view(64, 10) + theta[1, 640:]
        assert found[f"{part}_accuracy"][1] == (logits.argmax(1) == targets).double().mean()
        torch.testing.assert_close(found[f"{part}_loss"][1], torch.nn.functional.cross_entropy(logits, targets))


def test_a_nan_row_harms_no_other():
    task = Mlp(**SETTINGS)
    theta = rows(task, 3)
    batch = torch.arange(12).view(3, 4)
    value, grad = task.gradient(theta, batch)
    theta[1] = math.nan
    broken_value, broken_grad = task.gradient(theta, batch)
    assert broken_value[1].isnan()
    assert torch.equal(broken_value[::2], value[::2])
    assert torch.equal(broken_grad[::2], grad[::2])
    assert task.evaluate(theta)["valid_loss"].isnan().tolist() == [False, True, False]


def test_linear_regression_from_a_file_reaches_least_squares(tmp_path):
    generator = np.random.default_rng(1)
    x = generator.normal(size=(200, 2))
    y = x @ [[3.0, 1.0], [2.0, -1.0]] + 0.1 * generator.normal(size=(200, 2))
    np.savez(tmp_path / "line.npz", x=x, y=y)
    data = NpzFile(path=str(tmp_path / "line.npz"), split=[0.5, 0.25, 0.25], split_seed=0)
    task = Mlp(**{**SETTINGS, "data": data, "loss": "mse", "batch_size": None, "widths": [2, 2]})
    theta = rows(task, 1)
    for _ in range(300):
        theta = theta - 0.3 * task.gradient(theta)[1]
    inputs, targets = (tensor.numpy() for tensor in task.parts.train)
    best = np.linalg.lstsq(np.c_[inputs, np.ones(100)], targets)[0]
    np.testing.assert_allclose(theta[0].view(3, 2), best, atol=1e-9)
    assert sorted(task.evaluate(theta)) == ["train_loss", "valid_loss"]
    assert 0.005 < task.assess(theta)["test_loss"] < 0.02


def test_short_training_reads_digits():
    task = Mlp(**{**SETTINGS, "widths": [64, 32, 32, 10], "precision": "float32", "epochs": 5})
    batches = OrderStream(seeds(3), task.size, task.batch_size)
    theta = rows(task, 3, sd=0.15)
    for _ in range(task.steps):
        _, grad = task.gradient(theta, torch.from_numpy(batches.next()))
        theta = theta - 0.2 * grad
    assert theta.dtype == torch.float32
    assert task.evaluate(theta)["valid_accuracy"].min() > 0.93
    assert task.assess(theta)["test_accuracy"].min() > 0.93
