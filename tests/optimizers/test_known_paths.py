"""End values of rows R6 and R8, and the notebook's variants, from loops written out here."""

import pytest
import torch
from torch import Tensor

from src.core.optimizer import Optimizer
from src.optimizers.adagrad import AdaGrad
from src.optimizers.adam import Adam
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.optimizers.rmsprop import RMSProp

GD, MOMENTUM, ADAM = GradientDescent(), Momentum(beta=0.9), Adam(beta1=0.9, beta2=0.999, eps=1e-8)


def rosenbrock_gradient(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return torch.stack([-40 * x * (y - x**2) - 2 * (1 - x), 20 * (y - x**2)], dim=-1)


def row(*values: float) -> Tensor:
    return torch.tensor([values], dtype=torch.float64)


@pytest.mark.parametrize(
    ("optimizer", "rate", "end"), [(GD, 2e-4, 6.469), (MOMENTUM, 2e-4, 5.594), (ADAM, 0.01, 3.319)]
)
def test_rosenbrock_end_values(optimizer: Optimizer, rate: float, end: float) -> None:
    """Row R6: 200 steps from (-1.5, 2.5)."""
    theta = row(-1.5, 2.5)
    state = optimizer.init(theta)
    for step in range(200):
        direction, state = optimizer.update(rosenbrock_gradient(theta), state, theta, step, None)
        theta = theta - rate * direction
    x, y = theta[0].tolist()
    assert 10 * (y - x**2) ** 2 + (1 - x) ** 2 == pytest.approx(end, abs=5e-4)


@pytest.mark.parametrize(
    ("optimizer", "rate", "end"), [(GD, 0.05, 7.06e-10), (MOMENTUM, 0.05, 3.22e-5), (ADAM, 0.1, 9.49e-5)]
)
def test_stretched_bowl_end_values(optimizer: Optimizer, rate: float, end: float) -> None:
    """Row R8: 100 steps on x^2 + 10 y^2 from (1, 1)."""
    theta, curvature = row(1, 1), row(2, 20)
    state = optimizer.init(theta)
    for step in range(100):
        direction, state = optimizer.update(curvature * theta, state, theta, step, None)
        theta = theta - rate * direction
    assert float((curvature * theta.square()).sum() / 2) == pytest.approx(end, rel=1e-3)


@pytest.mark.parametrize(("inside_root", "expected"), [(False, 3 / (3 + 0.5)), (True, 3 / (9 + 0.5) ** 0.5)])
def test_adagrad_eps_inside_or_beside_the_root(inside_root: bool, expected: float) -> None:
    """First step at g = 3, so G = 9."""
    optimizer = AdaGrad(eps=0.5, inside_root=inside_root)
    direction, _ = optimizer.update(row(3), optimizer.init(row(0)), row(0), 0, None)
    assert float(direction) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(("inside_root", "expected"), [(False, 4 / (2 + 0.5)), (True, 4 / (4 + 0.5) ** 0.5)])
def test_rmsprop_eps_inside_or_beside_the_root(inside_root: bool, expected: float) -> None:
    """First step at g = 4 with beta 0.75, so v = 4."""
    optimizer = RMSProp(beta=0.75, eps=0.5, inside_root=inside_root)
    direction, _ = optimizer.update(row(4), optimizer.init(row(0)), row(0), 0, None)
    assert float(direction) == pytest.approx(expected, rel=1e-15)


def test_momentum_sums_a_steady_gradient_to_ten_times() -> None:
    state = MOMENTUM.init(row(0))
    for step in range(400):
        direction, state = MOMENTUM.update(row(1), state, row(0), step, None)
    assert float(direction) == pytest.approx(10, rel=1e-12)
