"""Methods at one setting on one problem, and differences between them by pairs of seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from src.statistics.intervals import Array
from src.studies.architectures.claim_subjects import ClaimSubjects
from src.studies.architectures.scores import points


@dataclass(frozen=True)
class Arm:
    """One method at one setting on one problem.

    Attributes:
        method: its name.
        points: test accuracy of each seed, (S,), in percent.
        valid: mean validation accuracy, in percent: what one chooses by.
        at_edge: whether its rate lies on the edge of what was tried.
    """

    method: str
    points: Array
    valid: float
    at_edge: bool


@dataclass(frozen=True)
class Gap:
    """A difference by pairs of seeds, (S,), in points; between what; and whose rates lie on an edge."""

    values: Array
    words: str
    edges: tuple[str, ...]


Arms = Mapping[str, Arm]


def arms_of(scores: pd.DataFrame, problem: str, setting: str) -> dict[str, Arm]:
    """The methods on ``problem`` at ``setting``, with the problem's own batch."""
    rows = scores[(scores["problem"] == problem) & (scores["setting"] == setting)]
    rows = rows[rows["batch"] == rows["batch"].min()]
    return {
        str(method): Arm(
            str(method), points(group), float(group["valid_accuracy"].mean()), bool(group["at_edge"].iloc[0])
        )
        for method, group in rows.groupby("method", sort=False)
    }


def best(candidates: Sequence[Arm]) -> Arm:
    """The arm with the highest validation accuracy."""
    return max(candidates, key=lambda arm: arm.valid)


def others(arms: Arms, method: str, roles: ClaimSubjects) -> list[Arm]:
    """All but ``method``, and but Adam's kin where it is Adam."""
    out = {method, *roles.kin} if method == roles.adam else {method}
    return [arm for name, arm in arms.items() if name not in out]


def against_best(arms: Arms, method: str, roles: ClaimSubjects, setting: str) -> Gap | None:
    """``method`` less the best other arm by validation; None where one of them is lacking."""
    rivals = others(arms, method, roles)
    if method not in arms or not rivals:
        return None
    own, rival = arms[method], best(rivals)
    return Gap(own.points - rival.points, f"{method} less {rival.method}, {setting}", _edges(own, rival))


def pair_gap(tuned: Arms, a: str, b: str) -> Gap | None:
    """Method ``a`` less method ``b``, both tuned; None where one of them is lacking."""
    if not {a, b} <= tuned.keys():
        return None
    return Gap(tuned[a].points - tuned[b].points, f"{a} less {b}, tuned", _edges(tuned[a], tuned[b]))


def less_mean(one: Arm, rest: Sequence[Arm], words: str) -> Gap:
    """``one`` less the mean of ``rest``."""
    return Gap(one.points - np.mean([arm.points for arm in rest], axis=0), words, _edges(one, *rest))


def _edges(*arms: Arm) -> tuple[str, ...]:
    return tuple(arm.method for arm in arms if arm.at_edge)
