"""Linear regression: the sample of row R17, and what rows R29 and R30 measure on it."""

import pytest
import torch

from src.core.checks import FieldError
from src.core.problem import Problem
from src.problems.linear_regression import LinearRegression

FIELDS = {
    "size": 1000,
    "coefficients": [3.0, 2.0],
    "noise": 0.1,
    "data_seed": 42,
    "start": [0.0, 0.0],
    "steps": 1563,
    "tolerance": 1e-4,
}


def make(**changes):
    return LinearRegression(**(FIELDS | changes))


def test_r17_least_squares_on_the_recorded_sample():
    minimum = make().minimum
    assert minimum.points[0] == pytest.approx((3.00279, 2.00174), abs=5e-6)
    assert minimum.value == pytest.approx(0.0096521, abs=5e-8)
    assert make().target == minimum.value + 1e-4
    assert make().gradient(torch.tensor(minimum.points, dtype=torch.float64))[1].abs().max() < 1e-12


def test_with_mini_batches_the_error_over_all_samples_is_what_counts():
    theta = torch.tensor([[0.0, 0.0], [2.5, 1.5]], dtype=torch.float64)
    full, stochastic = make(), make(batch_size=32)
    assert (full.tuning_metric, full.test_metric, full.evaluate(theta)) == ("loss", "loss", {})
    assert (stochastic.tuning_metric, stochastic.test_metric) == ("train_loss", "train_loss")
    assert stochastic.evaluate(theta)["train_loss"].equal(full.value(theta))


def test_r29_full_batch_descent_at_half_the_rate_that_the_row_states():
    problem, theta, errors = make(), torch.zeros(2, dtype=torch.float64), []
    for _ in range(50):
        theta = theta - 0.005 * problem.gradient(theta)[1]
        errors.append(problem.value(theta).item())
    assert errors[0] == pytest.approx(12.30, abs=5e-3)
    assert errors[-1] == pytest.approx(4.768, abs=5e-4)


def test_r30_the_variance_of_single_gradients_is_four_times_the_rows():
    problem = make()
    theta = torch.tensor([2.5, 1.5], dtype=torch.float64).expand(1000, 2)
    _, single = problem.gradient(theta, torch.arange(1000).unsqueeze(-1))
    torch.testing.assert_close(single.mean(0), problem.gradient(theta[0])[1], rtol=1e-12, atol=1e-12)
    assert single.var(0, correction=0).sum().item() / 4 == pytest.approx(1.455, abs=5e-4)


def test_a_batch_is_its_own_samples_whatever_stands_beside_it():
    problem = make()
    generator = torch.Generator().manual_seed(0)
    theta = torch.randn(40, 2, generator=generator, dtype=torch.float64)
    batch = torch.randint(0, 1000, (40, 32), generator=generator)
    value, gradient = problem.gradient(theta, batch)
    features, response = problem.data
    by_hand = torch.stack([((features[b] @ t - response[b]) ** 2).mean() for t, b in zip(theta, batch, strict=True)])
    torch.testing.assert_close(value, by_hand, rtol=1e-12, atol=0)
    auto_value, auto_gradient = Problem.gradient(problem, theta, batch)
    assert auto_value.equal(value)
    torch.testing.assert_close(gradient, auto_gradient, rtol=1e-12, atol=1e-12)
    for row in range(40):
        alone = slice(row, row + 1)
        assert problem.gradient(theta[alone], batch[alone])[1].equal(gradient[alone])
    assert problem.value(theta.reshape(5, 8, 2), batch.reshape(5, 8, 32)).equal(value.reshape(5, 8))
    whole = torch.arange(1000).expand(40, 1000)
    torch.testing.assert_close(problem.value(theta, whole), problem.value(theta), rtol=1e-13, atol=0)


def test_the_sample_follows_its_fields():
    features, response = make(size=50, coefficients=[1.0, -1.0, 4.0], noise=0, start=None).data
    assert features.shape == (50, 3)
    torch.testing.assert_close(response, features @ torch.tensor([1.0, -1.0, 4.0], dtype=torch.float64))
    assert not make(data_seed=1).data[0].equal(make().data[0])
    assert make().size == 1000
    assert make(size=50).dimension == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", 1),
        ("coefficients", []),
        ("coefficients", 3.0),
        ("noise", -0.1),
        ("data_seed", -1),
        ("data_seed", 2**32),
        ("data_seed", 1.5),
        ("batch_size", 0),
        ("batch_size", 1001),
        ("start", [0.0]),
        ("steps", 0),
        ("tolerance", 0.0),
    ],
)
def test_a_bad_field_is_named(field, value):
    with pytest.raises(FieldError, match=rf"LinearRegression\.{field} = "):
        make(**{field: value})
