"""Claims C6, C10, C28 and C29 on networks: differences in test accuracy, by pairs of seeds, in percentage points."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.intervals import Array, Estimate, bootstrap, mean
from src.statistics.strata import stratified_mean
from src.studies.architectures.arms import Arms, Gap, against_best, arms_of, best, less_mean, others, pair_gap
from src.studies.architectures.claim_subjects import ClaimSubjects
from src.studies.architectures.scores import points

ALL = "all problems"
BATCHES = "C10.d"
Basis = tuple[Estimate, str, str]  # the estimate, the settings in words, and the reason why no verdict may be given
GapOf = Callable[[str, Arms, Arms], Gap | None]  # from a problem, its tuned arms and its arms at default rates

# The runs that each claim needs.
NEEDED = {
    "C6.a": "needs {adam} and another method on one problem",
    "C6.b": "needs {momentum} and {adam} on one problem",
    "C28.a": "needs {momentum} and another method on {convolutional}",
    "C28.b": "needs {adam} and another method on {sparse}",
    "C28.c": "needs {rmsprop} and another method on {recurrent}",
    "C28.d": "needs {adam} and {momentum} on {sparse}",
    "C28.e": "needs {rmsprop} and {momentum} on {recurrent}",
    "C29.a": "needs {adam} and another method on one problem",
    "C29.b": "needs two methods on one problem",
    BATCHES: "needs a method and problem of study.batched",
}


def verdicts(
    claims: Mapping[str, Claim], scores: pd.DataFrame, subjects: ClaimSubjects
) -> tuple[pd.DataFrame, dict[str, str]]:
    """A verdict for each claim and problem and one over all problems, which count alike; and the runs that lack."""
    gaps = _gaps(subjects)

    def settle(name: str, claim: Claim) -> list[dict[str, object]]:
        estimates = _small_against_large(scores) if name == BATCHES else _by_problem(gaps[name], scores)
        rows = [claim.settle(name, *basis) for basis in estimates]
        if not rows:
            raise RunsMissing(NEEDED[name].format(**vars(subjects)))
        return rows

    return settle_each(claims, settle)


def _by_problem(gap_of: GapOf, scores: pd.DataFrame) -> Iterator[Basis]:
    problems = [str(name) for name in scores["problem"].unique()]
    seeds = scores["seed"].nunique()
    found: dict[str, Gap] = {}
    for problem in problems:
        tuned, default = (arms_of(scores, problem, setting) for setting in ("tuned", "default"))
        gap = gap_of(problem, tuned, default)
        if gap is not None:
            found[problem] = gap
            yield bootstrap(gap.values, mean), f"{problem}: {gap.words}, {seeds} seeds", _unfair(gap.edges)
    if len(found) > 1:
        edges = [f"{edge} on {problem}" for problem, gap in found.items() for edge in gap.edges]
        overall = stratified_mean([gap.values for gap in found.values()])
        yield overall, f"{ALL}: mean over {len(found)}", _unfair(edges)


def _gaps(subjects: ClaimSubjects) -> dict[str, GapOf]:
    """For each claim, its gap on a problem from the tuned arms and the arms at default rates."""

    def default_adam(_: str, __: Arms, default: Arms) -> Gap | None:
        return against_best(default, subjects.adam, subjects, "untuned")

    def on(wanted: str, method: str) -> GapOf:
        return lambda problem, tuned, _: against_best(tuned, method, subjects, "tuned") if problem == wanted else None

    def pair(wanted: str, one: str, other: str) -> GapOf:
        return lambda problem, tuned, _: pair_gap(tuned, one, other) if wanted in ("", problem) else None

    def untuned_against_tuned(_: str, tuned: Arms, default: Arms) -> Gap | None:
        rest = others(tuned, subjects.adam, subjects)
        if subjects.adam not in default or not rest:
            return None
        words = f"{subjects.adam} untuned less the mean of {', '.join(arm.method for arm in rest)}, tuned"
        return less_mean(default[subjects.adam], rest, words)

    def several_against_one(_: str, tuned: Arms, default: Arms) -> Gap | None:
        if len(default) < 2 or not tuned:
            return None
        first = best(list(default.values()))
        words = f"the best of {len(default)} untuned ({first.method}) less the mean of {len(tuned)} tuned"
        return less_mean(first, list(tuned.values()), words)

    return {
        "C6.a": default_adam,
        "C6.b": pair("", subjects.momentum, subjects.adam),
        "C28.a": on(subjects.convolutional, subjects.momentum),
        "C28.b": on(subjects.sparse, subjects.adam),
        "C28.c": on(subjects.recurrent, subjects.rmsprop),
        "C28.d": pair(subjects.sparse, subjects.adam, subjects.momentum),
        "C28.e": pair(subjects.recurrent, subjects.rmsprop, subjects.momentum),
        "C29.a": untuned_against_tuned,
        "C29.b": several_against_one,
    }


def _small_against_large(scores: pd.DataFrame) -> Iterator[Basis]:
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
        yield bootstrap(every[-1], mean), settings, _unfair(edge)
    if len(every) > 1:
        yield stratified_mean(every), f"{ALL}: mean over {len(every)} pairs", _unfair(edges)


def _unfair(edges: Sequence[str]) -> str:
    return f"the tuned rate lies on the edge of what was tried: {', '.join(edges)}" if edges else ""
