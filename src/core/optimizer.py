"""The contract of a gradient method, in the style of a pure init/update pair."""

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor

# A NamedTuple whose tensors all lead with R; () for a method without memory.
OptimizerState = Any


class Optimizer(ABC):
    """Turns gradients into directions. The engine applies ``theta - rate * factor(step) * direction``.

    Subclasses are frozen dataclasses whose fields are their hyperparameters. They see neither the rate nor the
    schedule, mutate no argument, and treat every row alike: no ``.item()``, no Python ``if`` on tensors.
    """

    @property
    def needs_noise(self) -> bool:
        """Whether ``update`` reads ``noise``; the engine passes zeros-free draws only when it does."""
        return False

    @abstractmethod
    def init(self, theta: Tensor) -> OptimizerState:
        """State before the first step, for parameters of shape (R, D)."""

    @abstractmethod
    def update(
        self, grad: Tensor, state: OptimizerState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, OptimizerState]:
        """One step.

        Args:
            grad: gradient at ``theta``, shape (R, D).
            state: what ``init`` or the last ``update`` returned.
            theta: parameters, shape (R, D).
            step: number of steps taken before this one (the first is 0).
            noise: standard-normal draws, shape (R, D), equal for rows of the same seed; None unless
                ``needs_noise``.

        Returns:
            The direction (R, D) and the new state.
        """
