"""Prechelt's stopping rules (Prechelt 1998, "Early Stopping - But When?", LNCS 1524, section 2.2).

E(t) is the watched cost at check t, the first of which, at the start, is t = 0; E_opt(t) is the lowest so far. A
strip is k checks long, and ends at t = k, 2k, … The paper checks validation error once an epoch and has k = 5. It
also ends training when progress P_k falls below 0.1, which is left to the budget here.

The rules GL and UP see one metric, and so can also be acted on; PQ needs training error besides, and is replayed
over recorded series only.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from src.core.checks import check_count, check_number
from src.monitor.rule import NEVER, StoppingRule


def _cost(value: Tensor, higher_is_better: bool) -> Tensor:
    """What is to be minimized, in float64; a NaN costs infinitely much."""
    return (-value if higher_is_better else value).to(torch.float64).nan_to_num(nan=torch.inf)


class LossState(NamedTuple):
    """Memory of GL for R replicates; each tensor has shape (R,)."""

    lowest: Tensor  # E_opt
    stopped_step: Tensor


@dataclass(frozen=True, kw_only=True)
class GeneralizationLoss(StoppingRule):
    """GL_alpha: stop as soon as ``100 (E / E_opt - 1) > alpha``.

    Where E_opt may be negative, the distance to it is taken relative to its size.

    Attributes:
        alpha: generalization loss that is put up with, in percent, at least 0.
    """

    alpha: float

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(self, "alpha", at_least=0)

    def init(self, rows: int, device: torch.device) -> LossState:
        """Memory before the first check."""
        return LossState(
            lowest=torch.full((rows,), torch.inf, dtype=torch.float64, device=device),
            stopped_step=torch.full((rows,), NEVER, dtype=torch.int64, device=device),
        )

    def check(self, state: LossState, value: Tensor, step: int, *, higher_is_better: bool) -> LossState:
        """Memory after seeing ``value`` (R,) at ``step``."""
        cost = _cost(value, higher_is_better)
        lowest = torch.minimum(cost, state.lowest)
        fires = (cost > lowest + self.alpha / 100 * lowest.abs()) & (state.stopped_step == NEVER)
        return LossState(lowest, torch.where(fires, step, state.stopped_step))


class StripsState(NamedTuple):
    """Memory of UP for R replicates; each tensor has shape (R,)."""

    last: Tensor  # E at the end of the last strip
    checks: Tensor  # checks so far
    rises: Tensor  # strips in a row at whose end E was higher than at their beginning
    stopped_step: Tensor


@dataclass(frozen=True, kw_only=True)
class SuccessiveRises(StoppingRule):
    """UP_s: stop when ``E(t) > E(t - k)`` at the ends of s strips in a row.

    Attributes:
        strips: s, at least 1.
        strip: k, checks in a strip, at least 1.
    """

    strips: int
    strip: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self, "strips")
        check_count(self, "strip")

    def init(self, rows: int, device: torch.device) -> StripsState:
        """Memory before the first check."""
        none = torch.zeros(rows, dtype=torch.int64, device=device)
        last = torch.full((rows,), torch.inf, dtype=torch.float64, device=device)
        return StripsState(last, none, none, torch.full_like(none, NEVER))

    def check(self, state: StripsState, value: Tensor, step: int, *, higher_is_better: bool) -> StripsState:
        """Memory after seeing ``value`` (R,) at ``step``."""
        cost = _cost(value, higher_is_better)
        ends = state.checks % self.strip == 0
        rises = torch.where(ends, torch.where(cost > state.last, state.rises + 1, 0), state.rises)
        fires = (rises >= self.strips) & (state.stopped_step == NEVER)
        return StripsState(
            last=torch.where(ends, cost, state.last),
            checks=state.checks + 1,
            rises=rises,
            stopped_step=torch.where(fires, step, state.stopped_step),
        )


def progress_quotient(valid: Tensor, train: Tensor, steps: Tensor, *, alpha: float, strip: int) -> Tensor:
    """PQ_alpha over recorded series: stop at the first end of a strip at which ``GL / P_k > alpha``.

    ``P_k = 1000 (mean of training error over the strip / its lowest there - 1)``: while training still progresses,
    a generalization loss may yet be made good.

    Args:
        valid: costs at the checks, shape (K, R).
        train: training errors at the same checks, shape (K, R), above 0.
        steps: their steps, shape (K,).
        alpha: quotient that is put up with, at least 0.
        strip: k, checks in a strip.

    Returns:
        The step at which each row stops, or NEVER, shape (R,).
    """
    cost = _cost(valid, higher_is_better=False)
    lowest = cost.cummin(0).values
    loss = 100 * (cost - lowest) / lowest.abs()
    windows = train.to(torch.float64).unfold(0, strip, 1)[1:]  # (K - k, R, k), the first ends at t = k
    progress = 1000 * (windows.mean(-1) / windows.amin(-1) - 1)
    fires = loss[strip::strip] > alpha * progress[::strip]
    first = fires.to(torch.int64).argmax(0) if len(fires) else torch.zeros(fires.shape[1], dtype=torch.int64)
    at = steps[strip::strip] if len(fires) else steps[:1]
    return torch.where(fires.any(0), at[first], NEVER)
