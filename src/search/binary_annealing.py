"""Simulated annealing on bits: one bit is flipped at a time (Kirkpatrick, Gelatt and Vecchi 1983)."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_number
from src.core.draws import Draws
from src.core.problem import Domain
from src.core.search import Search, Setup
from src.search.metropolis import accepted

PROBES = 20  # random strings whose values set the first temperature


@dataclass(frozen=True)
class Flipping:
    """String (R, 1, D), its value and the first temperature (R, 1), inf before they are known, and the step count."""

    setup: Setup
    string: Tensor
    value: Tensor
    hottest: Tensor
    taken: int


@dataclass(frozen=True, kw_only=True)
class BinaryAnnealing(Search):
    """Accepts each flip that lowers the value, and fewer and fewer of the flips that raise the value.

    The first temperature is ``warmest`` times the standard deviation of the objective over random strings; the
    temperature falls geometrically to ``coolest`` times the first at the end of the budget.

    Attributes:
        warmest: ratio of the first temperature to the objective's standard deviation, above 0.
        coolest: ratio of the last temperature to the first, above 0, below 1.
    """

    warmest: float
    coolest: float

    def __post_init__(self) -> None:
        check_number(self, "warmest", above=0)
        check_number(self, "coolest", above=0, below=1)

    @property
    def domain(self) -> Domain:
        """Strings of bits."""
        return "bits"

    def init(self, setup: Setup) -> Flipping:
        """State without a string."""
        string = setup.start[:, None, :]
        unknown = torch.full_like(string[..., 0], torch.inf)
        return Flipping(setup, string, unknown, unknown, 0)

    def ask(self, state: Flipping, draws: Draws) -> tuple[Tensor, Flipping]:
        """Random strings (R, 20, D) first, then the string with one bit flipped, (R, 1, D)."""
        dimension = state.setup.dimension
        if state.taken == 0:
            return (draws.uniform("probes", PROBES, dimension) < 0.5).to(state.string.dtype), state
        place = (draws.uniform("places", 1, 1) * dimension).long()
        return state.string.scatter(2, place, 1 - state.string.gather(2, place)), state

    def tell(
        self, state: Flipping, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> Flipping:
        """Keep the flip when it is accepted."""
        if state.taken == 0:
            spread = values.nan_to_num(posinf=0.0).std(dim=1, keepdim=True)
            first = replace(state, string=points[:, :1], value=values[:, :1], hottest=self.warmest * spread)
            return replace(first, taken=1)
        share = min(1.0, state.taken / max(1, state.setup.budget - PROBES - 1))
        temperature = state.hottest * self.coolest**share
        moves = accepted(state.value, values, temperature, draws.uniform("accepted", 1))
        return replace(
            state,
            string=points.where(moves[..., None], state.string),
            value=values.where(moves, state.value),
            taken=state.taken + 1,
        )
