"""The (1 + 1) evolution strategy with the one-fifth success rule (Rechenberg 1973; Kern et al. 2004)."""

import math
from dataclasses import dataclass, replace

from torch import Tensor

from src.core.checks import check_choice, check_number
from src.core.draws import Draws
from src.core.search import Search, Setup
from src.search.box import reflected
from src.search.step_size import UNITS, step_sizes

SUCCESSES = 0.2  # share of successful steps at which the step size stays as it is


@dataclass(frozen=True)
class Parent:
    """Best point so far, and the step size around it.

    Attributes:
        setup: setup that the search started from.
        point: best point so far, shape (R, 1, D).
        value: value of the best point, shape (R, 1).
        sigma: standard deviation of a step in each coordinate, shape (R, 1, D).
        begun: whether the value of the starting point is known.
    """

    setup: Setup
    point: Tensor
    value: Tensor
    sigma: Tensor
    begun: bool


@dataclass(frozen=True, kw_only=True)
class OnePlusOneEs(Search):
    """One child per generation; a child that is no worse replaces its parent, and success increases the step size.

    A success multiplies sigma by exp(1 / damping), a failure by exp(-1 / (4 damping)): where one step in five
    succeeds, which is near the fastest rate on a sphere, sigma stays. The first point is the start itself. Steps
    are folded back at the box's faces, and sigma never exceeds the box's edges.

    Attributes:
        sigma: first standard deviation of a step, in ``unit``, above 0.
        unit: ``box`` (shares of the box's edges) or ``absolute`` (coordinates).
        damping: factor by which the changes of ln sigma are divided, above 0; Kern et al. take 3.
    """

    sigma: float
    unit: str
    damping: float

    def __post_init__(self) -> None:
        check_number(self, "sigma", above=0)
        check_choice(self, "unit", UNITS)
        check_number(self, "damping", above=0)

    def init(self, setup: Setup) -> Parent:
        """State at the start, whose value is not known."""
        value = setup.start.new_full((setup.rows, 1), math.inf)
        return Parent(setup, setup.start[:, None, :], value, step_sizes(self, setup), begun=False)

    def ask(self, state: Parent, draws: Draws) -> tuple[Tensor, Parent]:
        """A child (R, 1, D) of the parent; the start itself at first."""
        if not state.begun:
            return state.point, state
        step = state.sigma * draws.normal("steps", 1, state.setup.dimension)
        return reflected(state.point + step, state.setup), state

    def tell(self, state: Parent, points: Tensor, values: Tensor, gradients: Tensor | None, draws: Draws) -> Parent:
        """Keep the better of parent and child, and adapt sigma."""
        if not state.begun:
            return replace(state, value=values, begun=True)
        success = values <= state.value
        exponent = (
            (success.to(values.dtype) - SUCCESSES) / (1 - SUCCESSES) / state.setup.per_row(self, "damping")[..., 0]
        )
        kept = success[..., None]
        return replace(
            state,
            point=points.where(kept, state.point),
            value=values.minimum(state.value),
            sigma=(state.sigma * exponent.exp()[..., None]).minimum(state.setup.width),
        )
