"""The parts of claim C14 that compare a schedule with the constant learning rate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from src.core.result import Result
from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.effects import differences, log_ratios, paired_log_ratio
from src.statistics.intervals import bootstrap
from src.studies.schedules.effects import BASELINE, claim_metric, finals, pairs_of, unfair

Row = Mapping[str, object]
KINDS = ("a", "b")


@dataclass(frozen=True)
class ComparedMethods:
    """Names of the schedule and of the methods that the claims compare.

    Attributes:
        judged: schedule that is compared with the constant learning rate.
        sgd: stochastic gradient descent, with or without momentum.
        adam: Adam.
    """

    judged: str
    sgd: str
    adam: str


def verdicts(
    claims: Mapping[str, Claim], methods: ComparedMethods, cells: Sequence[Result]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, and for each claim without a verdict the runs that it lacks.

    Args:
        claims: ``C14.a``, a verdict per problem and method, and ``C14.b``, a verdict per problem.
        methods: names of the schedule and the methods.
        cells: runs whose ``about`` holds bare names of methods.
    """

    def rows(name: str, claim: Claim) -> Iterator[Row]:
        kind = {"a": _improvements, "b": _advantages}[name.rpartition(".")[2]]
        return kind(name, claim, methods, cells)

    return settle_each(claims, rows)


def _improvements(name: str, claim: Claim, methods: ComparedMethods, cells: Sequence[Result]) -> Iterator[Row]:
    """The judged schedule's effect on each method and problem."""
    pairs = list(pairs_of(cells, methods.judged))
    if not pairs:
        raise RunsMissing(f"needs schedule={methods.judged},{BASELINE} of one optimizer on one problem")
    for problem, method, cell, constant in pairs:
        metric = claim_metric(cell)
        a, b = finals(cell, metric), finals(constant, metric)
        settings = f"{method} on {problem}, {metric}, {methods.judged} against {BASELINE}, {len(a.values)} seeds"
        yield claim.settle(name, paired_log_ratio(a.values, b.values), settings, unfair(a, b))


def _advantages(name: str, claim: Claim, methods: ComparedMethods, cells: Sequence[Result]) -> Iterator[Row]:
    """Each seed's effect on SGD less the same seed's effect on Adam, by problem."""
    judged, sgd, adam = methods.judged, methods.sgd, methods.adam
    pairs = {(problem, method): both for problem, method, *both in pairs_of(cells, judged)}
    problems = [
        problem
        for problem in dict.fromkeys(problem for problem, _ in pairs)
        if {(problem, sgd), (problem, adam)} <= pairs.keys()
    ]
    if not problems:
        raise RunsMissing(f"needs optimizer={sgd},{adam} and schedule={judged},{BASELINE} on one problem")
    for problem in problems:
        metric = claim_metric(pairs[problem, sgd][0])
        four = [finals(cell, metric) for method in (sgd, adam) for cell in pairs[problem, method]]
        on_sgd, on_adam = (log_ratios(four[at].values, four[at + 1].values) for at in (0, 2))
        settings = f"{sgd} less {adam} on {problem}, {metric}, {judged} against {BASELINE}"
        yield claim.settle(name, bootstrap(differences(on_sgd, on_adam)), settings, unfair(*four))
