"""Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983): chains whose temperature follows the budget."""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_count, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import filled, reflected
from src.search.metropolis import accepted
from src.search.selection import best

PROBES = 20  # random points whose values set the first temperature


@dataclass(frozen=True)
class Chains:
    """Points of the chains (R, N, D), their values (R, N), the first temperature (R, 1) and the number of steps."""

    setup: Setup
    points: Tensor
    values: Tensor
    hottest: Tensor
    step: Tensor
    taken: int


@dataclass(frozen=True, kw_only=True)
class Annealing(Search):
    """Accepts each step downhill, and a step uphill with probability exp(-rise / temperature).

    The first temperature is the standard deviation of the objective over a few random points, so that it fits any
    objective; the temperature falls geometrically to ``coolest`` times the first at the end of the budget. Steps
    are normal and shrink as the square root of the temperature; a step out of the box is reflected.

    Attributes:
        chains: number of chains N, at most 20; each has its share of the budget and begins at one of the best random
            points.
        step: first standard deviation of a step, in units of the box's edges, above 0.
        coolest: ratio of the last temperature to the first, above 0, below 1.
    """

    chains: int
    step: float
    coolest: float

    def __post_init__(self) -> None:
        check_count(self, "chains")
        check_number(self, "chains", at_most=PROBES)
        check_number(self, "step", above=0)
        check_number(self, "coolest", above=0, below=1)

    def init(self, setup: Setup) -> Chains:
        """State without chains."""
        nowhere = setup.start[:, None, :].expand(-1, 0, -1)
        unknown = setup.start.new_empty(setup.rows, 0)
        return Chains(setup, nowhere, unknown, unknown, setup.per_row(self, "step"), 0)

    def ask(self, state: Chains, draws: Draws) -> tuple[Tensor, Chains]:
        """Random points (R, 20, D) first; then one step of each chain, (R, N, D)."""
        setup = state.setup
        if state.points.shape[1] == 0:
            return filled(setup, draws.uniform("probes", PROBES, setup.dimension)), state
        steps = draws.normal("steps", self.chains, setup.dimension)
        size = state.step * setup.width * math.sqrt(self._cooled(state))
        return reflected(state.points + size * steps, setup), state

    def _cooled(self, state: Chains) -> float:
        """Ratio of the temperature to the first temperature."""
        last = max(1, (state.setup.budget - PROBES) // self.chains - 1)
        return float(self.coolest ** min(1.0, state.taken / last))

    def tell(self, state: Chains, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Chains:
        """Move the chains whose steps are accepted."""
        if state.points.shape[1] == 0:
            kept, lowest = best(points, values, self.chains)
            spread = torch.where(values.isfinite(), values, lowest[:, :1]).std(dim=1, keepdim=True)
            return replace(state, points=kept, values=lowest, hottest=spread.nan_to_num(nan=1.0))
        temperature = state.hottest * self._cooled(state)
        moves = accepted(state.values, values, temperature, draws.uniform("accepted", self.chains))
        return replace(
            state,
            points=points.where(moves[..., None], state.points),
            values=values.where(moves, state.values),
            taken=state.taken + 1,
        )
