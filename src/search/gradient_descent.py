"""Gradient descent as a search (Cauchy 1847; rows R55, R56), from one start or from many in turn."""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from src.core.checks import check_count, check_flag, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import clipped, filled


@dataclass(frozen=True)
class DescentState:
    """Point of each row's descent, and its progress since the last start.

    Attributes:
        setup: setup that the search started from.
        point: current point, shape (R, 1, D).
        lowest: lowest value since the row's last start, shape (R, 1); inf before the first evaluation.
        waited: number of evaluations since the lowest value, shape (R, 1).
        restarts: number of restarts of the row, shape (R, 1).
    """

    setup: Setup
    point: Tensor
    lowest: Tensor
    waited: Tensor
    restarts: Tensor


@dataclass(frozen=True, kw_only=True)
class GradientDescent(Search):
    """``x - learning_rate * gradient``, clipped to the box; with restarts, a row whose descent has ended restarts.

    A new start is uniform in the box. A descent has ended when its step is shorter than ``least_step`` in every
    coordinate, when its value has not improved for ``patience`` evaluations, or when its gradient is not finite.

    Attributes:
        learning_rate: step per gradient, above 0.
        restarts: whether a row restarts when its descent has ended; without restarts the descent goes on.
        least_step: shortest step, in units of the box's edges, at least 0.
        patience: number of evaluations without a lower value, at least 1.
    """

    learning_rate: float
    restarts: bool
    least_step: float
    patience: int

    def __post_init__(self) -> None:
        check_number(self, "learning_rate", above=0)
        check_flag(self, "restarts")
        check_number(self, "least_step", at_least=0)
        check_count(self, "patience")

    @property
    def needs_gradient(self) -> bool:
        """Whether each evaluation takes value and gradient: always."""
        return True

    def init(self, setup: Setup) -> DescentState:
        """State at the starting point."""
        lowest = setup.start.new_full((setup.rows, 1), math.inf)
        return DescentState(
            setup, setup.start[:, None, :], lowest, torch.zeros_like(lowest), torch.zeros_like(lowest)
        )

    def ask(self, state: DescentState, draws: Draws) -> tuple[Tensor, DescentState]:
        """Current point of each row, shape (R, 1, D)."""
        return state.point, state

    def tell(
        self, state: DescentState, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws
    ) -> DescentState:
        """Step downhill, or restart."""
        if gradients is None:
            raise ValueError("gradients = None: must be a tensor, as gradient descent needs gradients")
        setup = state.setup
        sound = gradients.isfinite().all(dim=2, keepdim=True)
        point = clipped(points - setup.per_row(self, "learning_rate") * gradients, setup).where(sound, points)
        gained = values < state.lowest
        waited = torch.zeros_like(state.waited).where(gained, state.waited + 1)
        lowest = values.minimum(state.lowest)
        if not self.restarts:
            return replace(state, point=point, lowest=lowest, waited=waited)
        short = ((point - points).abs() <= self.least_step * setup.width).all(dim=2)
        ended = short | (waited >= self.patience) | ~sound[..., 0]
        fresh = filled(setup, draws.uniform("restarts", 1, setup.dimension)).to(point.dtype)
        return replace(
            state,
            point=fresh.where(ended[..., None], point),
            lowest=lowest.masked_fill(ended, math.inf),
            waited=waited.masked_fill(ended, 0),
            restarts=state.restarts + ended,
        )
