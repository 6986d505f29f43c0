"""The (1+1) evolutionary algorithm on bits (Muehlenbein 1992; Droste, Jansen and Wegener 2002)."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.draws import Draws
from src.core.problem import Domain
from src.core.search import Search, Setup


@dataclass(frozen=True)
class Parent:
    """Best string (R, 1, D), its value (R, 1), inf before the value is known, and the mutation rate (R, 1, 1)."""

    setup: Setup
    string: Tensor
    value: Tensor
    flips: Tensor


@dataclass(frozen=True, kw_only=True)
class OnePlusOneEa(Search):
    """Flips each bit of the best string with the same probability, and keeps a child that is no worse.

    The first string is uniformly random. A child that equals its parent is evaluated, and its evaluation counts.

    Attributes:
        flips: expected number of flipped bits, the c of a mutation rate c / D, above 0.
    """

    flips: float

    def __post_init__(self) -> None:
        check_number(self, "flips", above=0)

    @property
    def domain(self) -> Domain:
        """Strings of bits."""
        return "bits"

    def init(self, setup: Setup) -> Parent:
        """State without a string."""
        nothing = torch.zeros_like(setup.start[:, None, :])
        unknown = torch.full_like(nothing[..., 0], torch.inf)
        return Parent(setup, nothing, unknown, setup.per_row(self, "flips") / setup.dimension)

    def ask(self, state: Parent, draws: Draws) -> tuple[Tensor, Parent]:
        """A random string first, then the parent's child: shape (R, 1, D)."""
        # Any string becomes a random string where each bit is flipped with probability 1/2.
        rate = torch.where(state.value.isinf()[..., None], 0.5, state.flips)
        flipped = draws.uniform("flips", 1, state.setup.dimension) < rate
        return torch.where(flipped, 1 - state.string, state.string), state

    def tell(self, state: Parent, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Parent:
        """Replace the parent by the child when the child is no worse."""
        better = values <= state.value
        return replace(
            state, string=points.where(better[..., None], state.string), value=values.where(better, state.value)
        )
