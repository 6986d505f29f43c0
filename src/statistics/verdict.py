"""From an interval to a verdict, by the rule of a claim."""

from enum import StrEnum
from typing import Literal, NamedTuple

import numpy as np

from src.statistics.intervals import Estimate

Direction = Literal["above", "below"]


class Verdict(StrEnum):
    """What a study says of a claim."""

    SUPPORTED = "supported"  # the whole interval lies beyond the smallest effect of interest
    REFUTED = "refuted"  # the whole interval lies on the other side
    INCONCLUSIVE = "inconclusive"  # the interval holds the smallest effect of interest, or is unknown
    BLOCKED = "blocked"  # the comparison was not a fair one, so that no interval can settle it


class Judgement(NamedTuple):
    """A verdict and its reason in words."""

    verdict: Verdict
    reason: str


def judge(estimate: Estimate, *, smallest_effect: float, direction: Direction, blocked: str = "") -> Judgement:
    """The verdict on "the effect is ``direction`` ``smallest_effect``".

    Args:
        estimate: the effect with its interval.
        smallest_effect: smallest effect of interest, as a value on the estimate's own scale (-0.1 decades, 0.6 of
            the pairs); finite.
        direction: on which side of it the claim expects the effect.
        blocked: why no verdict may be given; empty when one may.

    Returns:
        The judgement. An interval that touches ``smallest_effect`` is inconclusive.
    """
    if direction not in ("above", "below"):
        raise ValueError(f"direction = {direction!r}: must be above or below")
    if not np.isfinite(smallest_effect):
        raise ValueError(f"smallest_effect = {smallest_effect!r}: must be a finite number")
    if blocked:
        return Judgement(Verdict.BLOCKED, blocked)
    if np.isnan(estimate.low) or np.isnan(estimate.high):
        return Judgement(Verdict.INCONCLUSIVE, "the interval is unknown: too few replicates")
    interval = f"[{estimate.low:.3g}, {estimate.high:.3g}]"
    if estimate.low <= smallest_effect <= estimate.high:
        return Judgement(Verdict.INCONCLUSIVE, f"{interval} holds {smallest_effect:g}")
    side = "above" if estimate.low > smallest_effect else "below"
    verdict = Verdict.SUPPORTED if side == direction else Verdict.REFUTED
    return Judgement(verdict, f"{interval} lies {side} {smallest_effect:g}")
