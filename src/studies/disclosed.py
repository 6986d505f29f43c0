"""A learning task whose test part is measured at every evaluation: for judging stopping rules after the fact."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from src.core.layers import Layer
from src.core.problem import Problem
from src.problems.learning import LearningTask


@dataclass(frozen=True, kw_only=True)
class Disclosed(Problem):
    """``inner``, with the metrics of ``assess`` among those of ``evaluate``.

    Nothing may be chosen by them: they show what a choice made by validation data was worth.

    Attributes:
        inner: the task.
    """

    inner: LearningTask

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", self.inner.size)
        object.__setattr__(self, "batch_size", self.inner.batch_size)

    @property
    def dimension(self) -> int:
        """The task's."""
        return self.inner.dimension

    @property
    def steps(self) -> int:
        """The task's."""
        return self.inner.steps

    @property
    def layers(self) -> Sequence[Layer]:
        """The task's, for weight initialization."""
        return self.inner.layers

    @property
    def is_learning(self) -> bool:
        """Yes."""
        return True

    @property
    def dtype(self) -> torch.dtype:
        """The task's."""
        return self.inner.dtype

    @property
    def target(self) -> float | None:
        """The task's."""
        return self.inner.target

    @property
    def criterion(self) -> str:
        """The task's: the validation loss."""
        return self.inner.criterion

    @property
    def yardstick(self) -> str:
        """The task's: the test loss."""
        return self.inner.yardstick

    def value(self, theta: Tensor, batch: Tensor | None = None) -> Tensor:
        """The task's."""
        return self.inner.value(theta, batch)

    def gradient(self, theta: Tensor, batch: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The task's."""
        return self.inner.gradient(theta, batch)

    def evaluate(self, theta: Tensor) -> dict[str, Tensor]:
        """Metrics (R,) on all three parts."""
        return self.inner.evaluate(theta) | self.inner.assess(theta)

    def assess(self, theta: Tensor) -> dict[str, Tensor]:
        """The task's."""
        return self.inner.assess(theta)
