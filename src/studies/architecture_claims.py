"""Claims C6, C10, C28 and C29 on networks: differences in test accuracy, by pairs of seeds, in percentage points."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from src.core.checks import refuse
from src.statistics.intervals import Array, bootstrap, mean
from src.statistics.strata import stratified_mean
from src.studies.architecture_scores import points
from src.studies.claims import Claim

ALL = "all problems"


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Of which methods and problems the claims speak.

    Attributes:
        adam, momentum, rmsprop: names of the methods.
        kin: methods that count as one with Adam, and not as other methods.
        convolutional, recurrent, sparse: names of the problems of claim C28.
    """

    adam: str
    momentum: str
    rmsprop: str
    kin: Sequence[str]
    convolutional: str
    recurrent: str
    sparse: str

    def __post_init__(self) -> None:
        if isinstance(self.kin, str):
            raise refuse(self, "kin", self.kin, "a list of methods")


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


def arms(scores: pd.DataFrame, problem: str, setting: str) -> dict[str, Arm]:
    """The methods on ``problem`` at ``setting``, with the problem's own batch."""
    rows = scores[(scores["problem"] == problem) & (scores["setting"] == setting)]
    rows = rows[rows["batch"] == rows["batch"].min()]
    return {
        str(method): Arm(
            str(method), points(group), float(group["valid_accuracy"].mean()), bool(group["at_edge"].iloc[0])
        )
        for method, group in rows.groupby("method", sort=False)
    }


def best(of: Sequence[Arm]) -> Arm:
    """The one that the validation part chooses."""
    return max(of, key=lambda arm: arm.valid)


def others(of: Arms, method: str, roles: Roles) -> list[Arm]:
    """All but ``method``, and but Adam's kin where it is Adam."""
    out = {method, *roles.kin} if method == roles.adam else {method}
    return [arm for name, arm in of.items() if name not in out]


def verdicts(claims: Mapping[str, Claim], scores: pd.DataFrame, roles: Roles) -> Iterator[dict[str, object]]:
    """A verdict for each claim and problem, and one over all problems, which count alike."""
    problems = [str(name) for name in scores["problem"].unique()]
    both = {name: (arms(scores, name, "tuned"), arms(scores, name, "default")) for name in problems}
    seeds = scores["seed"].nunique()
    gaps = _gaps(roles)
    for name, claim in claims.items():
        if name == "C10d":
            yield from _small_against_large(claim, scores)
            continue
        found = {problem: gap for problem in problems if (gap := gaps[name](problem, *both[problem])) is not None}
        for problem, gap in found.items():
            settings = f"{problem}: {gap.words}, {seeds} seeds"
            yield claim.settle(name, bootstrap(gap.values, mean), settings, _unfair(gap.edges))
        if len(found) > 1:
            edges = [f"{edge} on {problem}" for problem, gap in found.items() for edge in gap.edges]
            overall = stratified_mean([gap.values for gap in found.values()])
            yield claim.settle(name, overall, f"{ALL}: mean over {len(found)}", _unfair(edges))


def _gaps(roles: Roles) -> dict[str, Callable[[str, Arms, Arms], Gap | None]]:
    """For each claim, its gap on a problem from the arms that are tuned and those at default rates."""

    def default_adam(problem: str, tuned: Arms, default: Arms) -> Gap | None:
        return _against_best(default, roles.adam, roles, "untuned")

    def on(wanted: str, method: str) -> Callable[[str, Arms, Arms], Gap | None]:
        return lambda problem, tuned, default: (
            _against_best(tuned, method, roles, "tuned") if problem == wanted else None
        )

    def pair(wanted: str, a: str, b: str) -> Callable[[str, Arms, Arms], Gap | None]:
        return lambda problem, tuned, default: _pair(tuned, a, b) if wanted in ("", problem) else None

    def untuned_against_tuned(problem: str, tuned: Arms, default: Arms) -> Gap | None:
        rest = others(tuned, roles.adam, roles)
        if roles.adam not in default or not rest:
            return None
        words = f"{roles.adam} untuned less the mean of {', '.join(arm.method for arm in rest)}, tuned"
        return _less_mean(default[roles.adam], rest, words)

    def several_against_one(problem: str, tuned: Arms, default: Arms) -> Gap | None:
        if len(default) < 2:
            return None
        first = best(list(default.values()))
        words = f"the best of {len(default)} untuned ({first.method}) less the mean of {len(tuned)} tuned"
        return _less_mean(first, list(tuned.values()), words)

    return {
        "C6a": default_adam,
        "C6b": pair("", roles.momentum, roles.adam),
        "C28a": on(roles.convolutional, roles.momentum),
        "C28b": on(roles.sparse, roles.adam),
        "C28c": on(roles.recurrent, roles.rmsprop),
        "C28d": pair(roles.sparse, roles.adam, roles.momentum),
        "C28e": pair(roles.recurrent, roles.rmsprop, roles.momentum),
        "C29a": untuned_against_tuned,
        "C29b": several_against_one,
    }


def _against_best(of: Arms, method: str, roles: Roles, setting: str) -> Gap | None:
    rivals = others(of, method, roles)
    if method not in of or not rivals:
        return None
    own, rival = of[method], best(rivals)
    return Gap(own.points - rival.points, f"{method} less {rival.method}, {setting}", _edges(own, rival))


def _pair(tuned: Arms, a: str, b: str) -> Gap | None:
    if not {a, b} <= tuned.keys():
        return None
    return Gap(tuned[a].points - tuned[b].points, f"{a} less {b}, tuned", _edges(tuned[a], tuned[b]))


def _less_mean(one: Arm, of: Sequence[Arm], words: str) -> Gap:
    return Gap(one.points - np.mean([arm.points for arm in of], axis=0), words, _edges(one, *of))


def _small_against_large(claim: Claim, scores: pd.DataFrame) -> Iterator[dict[str, object]]:
    every: list[Array] = []
    edges: list[str] = []
    tuned = scores[scores["setting"] == "tuned"]
    for (problem, method), group in tuned.groupby(["problem", "method"], sort=False):
        sizes = sorted(group["batch"].unique())
        if len(sizes) < 2:
            continue
        small, large = (group[group["batch"] == size] for size in (sizes[0], sizes[-1]))
        every.append(points(small) - points(large))
        edge = [f"{method} on {problem}"] if small["at_edge"].iloc[0] or large["at_edge"].iloc[0] else []
        edges += edge
        settings = f"{problem}: {method}, batch {sizes[0]} less {sizes[-1]}, {len(every[-1])} seeds"
        yield claim.settle("C10d", bootstrap(every[-1], mean), settings, _unfair(edge))
    if len(every) > 1:
        yield claim.settle("C10d", stratified_mean(every), f"{ALL}: mean over {len(every)} pairs", _unfair(edges))


def _edges(*of: Arm) -> tuple[str, ...]:
    return tuple(arm.method for arm in of if arm.at_edge)


def _unfair(edges: Sequence[str]) -> str:
    return f"the tuned rate lies on the edge of what was tried: {', '.join(edges)}" if edges else ""
