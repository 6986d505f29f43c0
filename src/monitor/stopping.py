"""Early stopping with patience, as a pure update over replicates (row R60).

The rule watches one metric. When ``patience`` checks in a row bring no improvement of more than ``min_delta`` on
the best value so far, it fires. It may freeze the replicate, or only note the step and let it run on, which is
what shows the price of stopping.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from src.core.checks import check_count, check_number
from src.monitor.rule import NEVER, StoppingRule


class StoppingState(NamedTuple):
    """Memory of the rule for R replicates; each tensor has shape (R,)."""

    reference: Tensor  # the value that the next check has to improve on
    waited: Tensor  # checks since the last improvement
    stopped_step: Tensor  # step at which the rule fired; NEVER before that


@dataclass(frozen=True, kw_only=True)
class Patience(StoppingRule):
    """Stop after ``patience`` checks without an improvement of more than ``min_delta``.

    Attributes:
        patience: checks without improvement before the rule fires, at least 1.
        min_delta: how much better counts as an improvement, at least 0, in the metric's units.
    """

    patience: int
    min_delta: float

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self, "patience")
        check_number(self, "min_delta", at_least=0)

    def init(self, rows: int, device: torch.device) -> StoppingState:
        """Memory before the first check."""
        return StoppingState(
            reference=torch.full((rows,), torch.inf, dtype=torch.float64, device=device),
            waited=torch.zeros(rows, dtype=torch.int64, device=device),
            stopped_step=torch.full((rows,), NEVER, dtype=torch.int64, device=device),
        )

    def check(self, state: StoppingState, value: Tensor, step: int, *, higher_is_better: bool) -> StoppingState:
        """Memory after seeing ``value`` (R,) at ``step``. A NaN is no improvement."""
        cost = (-value if higher_is_better else value).to(torch.float64)
        improved = cost < state.reference - self.min_delta
        waited = torch.where(improved, 0, state.waited + 1)
        fires = (waited >= self.patience) & (state.stopped_step == NEVER)
        return StoppingState(
            reference=torch.where(improved, cost, state.reference),
            waited=waited,
            stopped_step=torch.where(fires, step, state.stopped_step),
        )
