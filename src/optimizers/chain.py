"""A chain of parts: clip, noise, precondition and any method, each fed by the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from src.core.checks import field_error
from src.core.optimizer import Optimizer, OptimizerState


class ChainState(NamedTuple):
    """What the parts remember, in their order."""

    parts: tuple[OptimizerState, ...]


@dataclass(frozen=True, kw_only=True)
class Chain(Optimizer):
    """Optimizers applied in turn: each part's direction is the next part's gradient. The order matters.

    All parts see the same parameters and step. A chain is an optimizer, so chains nest.

    Attributes:
        parts: at least one optimizer, first to last; at most one that needs noise, since a step has one draw
            and two parts would add the same one.
    """

    parts: Sequence[Optimizer]

    def __post_init__(self) -> None:
        listed = isinstance(self.parts, Sequence) and not isinstance(self.parts, str)
        if not listed or not self.parts or not all(isinstance(part, Optimizer) for part in self.parts):
            raise field_error(self, "parts", self.parts, "a list of at least one optimizer")
        if sum(part.needs_noise for part in self.parts) > 1:
            raise field_error(self, "parts", self.parts, "a list with at most one part that needs noise")

    @property
    def needs_noise(self) -> bool:
        """Whether one of the parts does."""
        return any(part.needs_noise for part in self.parts)

    def init(self, theta: Tensor) -> ChainState:
        """Each part's own initial state."""
        return ChainState(tuple(part.init(theta) for part in self.parts))

    def update(
        self, grad: Tensor, state: ChainState, theta: Tensor, step: int, noise: Tensor | None
    ) -> tuple[Tensor, ChainState]:
        """The last part's direction, shape (R, D)."""
        states = []
        for part, memory in zip(self.parts, state.parts, strict=True):
            grad, kept = part.update(grad, memory, theta, step, noise)
            states.append(kept)
        return grad, ChainState(tuple(states))
