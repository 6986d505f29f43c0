"""An optimizer that breaks its contract is refused by the rule that it breaks; those in conf/ keep all of them."""

from dataclasses import dataclass

import pytest
import torch

from src.core.checks import FieldError
from src.core.optimizer import Optimizer
from src.protocol.contract import check_optimizer


@dataclass(frozen=True, kw_only=True)
class Plain(Optimizer):
    def init(self, theta):
        return ()

    def update(self, grad, state, theta, step, noise):
        return self.direction(grad, theta), state

    def direction(self, grad, theta):
        return grad


class NormOfAllRows(Plain):
    def direction(self, grad, theta):
        return grad / grad.norm()


class MeanOverRows(Plain):
    def direction(self, grad, theta):
        return grad - 0.1 * grad.mean(dim=0)


class ChangesTheta(Plain):
    def direction(self, grad, theta):
        theta -= 0.1 * grad
        return grad


class ChangesTheGradient(Plain):
    def direction(self, grad, theta):
        return grad.mul_(2.0)


class DrawsByItself(Plain):
    def direction(self, grad, theta):
        return grad + 0.01 * torch.randn_like(grad)


class OneNumberARow(Plain):
    def direction(self, grad, theta):
        return grad.norm(dim=1)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (NormOfAllRows, "must treat each row as if it were alone"),
        (MeanOverRows, "must treat each row as if it were alone"),
        (ChangesTheta, "must leave `theta` as it is"),
        (ChangesTheGradient, "must leave `grad` as it is"),
        (DrawsByItself, "must return the same for the same arguments"),
        (OneNumberARow, "must return a direction of shape"),
    ],
)
def test_a_rule_that_is_broken_is_named(kind, said):
    with pytest.raises(FieldError, match=kind.__name__) as refused:
        check_optimizer(kind())
    assert said in str(refused.value)
