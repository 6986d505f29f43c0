"""Simulated annealing as the textbook has it: the temperature is also the step size (row R52)."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import clipped
from src.search.metropolis import accepted


@dataclass(frozen=True)
class Chain:
    """Point of the chain (R, 1, D), its value (R, 1) and the temperature (R, 1, 1)."""

    setup: Setup
    point: Tensor
    value: Tensor
    temperature: Tensor


@dataclass(frozen=True, kw_only=True)
class AnnealingTextbook(Search):
    """Steps are normal with the temperature as standard deviation, in coordinates whatever the box.

    The textbook's temperature survives from one search to the next, which is an error; here each search starts hot.
    The textbook has no box: in a box as narrow as [-4, 4]^2 most hot steps are clipped to the corners, and the
    failure of row R52 goes away.

    Attributes:
        temperature: first temperature, above 0.
        cooling: factor on the temperature after each step, above 0, below 1.
    """

    temperature: float
    cooling: float

    def __post_init__(self) -> None:
        check_number(self, "temperature", above=0)
        check_number(self, "cooling", above=0, below=1)

    def init(self, setup: Setup) -> Chain:
        """State at the starting point, whose value is not known."""
        start = clipped(setup.start[:, None, :], setup)
        unknown = torch.full_like(start[..., 0], torch.nan)
        return Chain(setup, start, unknown, setup.per_row(self, "temperature"))

    def ask(self, state: Chain, draws: Draws) -> tuple[Tensor, Chain]:
        """The starting point first, then a step from the chain's point, clipped to the box: shape (R, 1, D)."""
        step = state.temperature * draws.normal("steps", 1, state.setup.dimension)
        first = state.value.isnan()[..., None]
        return torch.where(first, state.point, clipped(state.point + step, state.setup)), state

    def tell(self, state: Chain, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Chain:
        """Move when the step is accepted, and cool."""
        first = state.value.isnan()
        moves = first | accepted(state.value, values, state.temperature[..., 0], draws.uniform("accepted", 1))
        return replace(
            state,
            point=points.where(moves[..., None], state.point),
            value=values.where(moves, state.value),
            temperature=torch.where(first[..., None], state.temperature, self.cooling * state.temperature),
        )
