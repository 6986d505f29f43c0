"""Validation loss after a training as a function of its hyperparameters: expensive, and without a gradient."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from src.core.optimizer import Optimizer
from src.core.problem import Problem
from src.core.schedule import Schedule
from src.core.streams import Seed
from src.engine.descend import DescentLoop
from src.monitor.rule import StoppingRule

TOGETHER = 256  # hyperparameters whose trainings run as one batch
WORST = 10.0  # cost of a training that diverged, in units of the loss that it started from


class Velocity(NamedTuple):
    """State of momentum, shape (R, D)."""

    velocity: Tensor


@dataclass(frozen=True, kw_only=True)
class MomentumByRow(Optimizer):
    """Momentum whose beta differs between rows, as the rate does: row s * P + p has the beta of point p.

    Attributes:
        betas: shape (P,).
    """

    betas: Tensor

    def init(self, theta: Tensor) -> Velocity:
        """Zero velocity."""
        return Velocity(torch.zeros_like(theta))

    def update(
        self, grad: Tensor, state: Velocity, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, Velocity]:
        """The new velocity, shape (R, D)."""
        betas = self.betas.to(theta.dtype).repeat(len(theta) // len(self.betas))
        velocity = grad + betas[:, None] * state.velocity
        return velocity, Velocity(velocity)


@dataclass(frozen=True, kw_only=True)
class TrainingCost(Problem):
    """log10 of a network's validation loss after a short training with momentum, over the unit square.

    The first coordinate is log10 of the rate, the second log10 of 1 - beta, each mapped from its range to [0, 1]. The
    cost is the mean over a few seeds, the same for every point, so that the cost is a function; a training that
    diverged costs ``WORST`` times the loss that it started from.

    Attributes:
        task: the network and its data.
        schedule: factor on the rate at each step.
        stopping: the rule that watches each training.
        training_steps: steps of a training.
        starts: weights (S, D) at which the trainings start.
        seeds: S seeds of the order of the data.
        rates: lowest and highest rate.
        betas: lowest and highest beta, below 1.
    """

    task: Problem
    schedule: Schedule
    stopping: StoppingRule
    training_steps: int
    starts: Tensor
    seeds: Sequence[Seed]
    rates: tuple[float, float]
    betas: tuple[float, float]

    dimension = 2
    steps = 30
    source = "claim C24: tuning an optimizer within 30 trainings"

    def hyperparameters(self, theta: Tensor) -> tuple[Tensor, Tensor]:
        """Points (..., 2) of the unit square to rates (...) and betas (...)."""
        low, high = (torch.tensor(rate, dtype=torch.float64).log10() for rate in self.rates)
        most, least = (torch.tensor(1 - beta, dtype=torch.float64).log10() for beta in self.betas)
        rate = 10 ** (low + (high - low) * theta[..., 0])
        return rate, 1 - 10 ** (most + (least - most) * theta[..., 1])

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Shape (..., 2) -> (...)."""
        flat = theta.reshape(-1, 2)
        parts = [self._cost(flat[low : low + TOGETHER]) for low in range(0, len(flat), TOGETHER)]
        return torch.cat(parts).reshape(theta.shape[:-1])

    def _cost(self, points: Tensor) -> Tensor:
        """Shape (P, 2) -> (P,)."""
        rates, betas = self.hyperparameters(points)
        loop = DescentLoop(
            problem=self.task,
            optimizer=MomentumByRow(betas=betas),
            schedule=self.schedule,
            stopping=self.stopping,
            steps=self.training_steps,
            evaluate_every=self.training_steps,
        )
        found = loop.run(self.starts, rates, self.seeds)
        loss = found.series[self.task.tuning_metric].values.double()
        worst = WORST * loss[0]
        last = torch.where(loss[-1].isfinite(), loss[-1].minimum(worst), worst)
        return last.log10().reshape(len(self.seeds), -1).mean(dim=0)
