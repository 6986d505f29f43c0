"""A learning task whose test part is measured at every evaluation, so that stopping rules can be judged later."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.layers import Layer
from src.core.problem import Problem
from src.problems.learning import LearningTask


@dataclass(frozen=True, kw_only=True)
class WithTestMetrics(Problem):
    """``inner``, with the metrics of ``assess`` among those of ``evaluate``.

    Nothing may be chosen by the test metrics: they show what a choice made by validation data was worth.

    Attributes:
        inner: learning task.
    """

    inner: LearningTask

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", self.inner.size)
        object.__setattr__(self, "batch_size", self.inner.batch_size)

    @property
    def dimension(self) -> int:
        """Number of parameters of the task."""
        return self.inner.dimension

    @property
    def steps(self) -> int:
        """Budget of the task."""
        return self.inner.steps

    @property
    def layers(self) -> Sequence[Layer]:
        """Layers of the task, for weight initialization."""
        return self.inner.layers

    @property
    def is_learning(self) -> bool:
        """A task is learning: True."""
        return True

    @property
    def dtype(self) -> torch.dtype:
        """Precision of the task's parameters."""
        return self.inner.dtype

    @property
    def target(self) -> float | None:
        """Training loss that counts as solved; None where the task has none."""
        return self.inner.target

    @property
    def tuning_metric(self) -> str:
        """Name of the metric that tunes: the task's validation loss."""
        return self.inner.tuning_metric

    @property
    def test_metric(self) -> str:
        """Name of the metric that compares: the task's test loss."""
        return self.inner.test_metric

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """Loss of the task."""
        return self.inner.value(theta, batch)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Loss and gradient of the task."""
        return self.inner.gradient(theta, batch)

    def evaluate(self, theta: Tensor) -> dict[str, Tensor]:
        """Metrics (R,) on the training, validation and test part."""
        return self.inner.evaluate(theta) | self.inner.assess(theta)

    def assess(self, theta: Tensor) -> dict[str, Tensor]:
        """End metrics (R,) of the task."""
        return self.inner.assess(theta)
