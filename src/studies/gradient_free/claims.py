"""Verdicts on the claims of the studies of search methods: one row per claim and contest of two methods."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from src.protocol.claims import VERDICTS, Claim, RunsMissing, settle_each
from src.statistics.intervals import UNKNOWN, Estimate
from src.studies.gradient_free.contests import Pairing, listed, paired, superiority
from src.studies.gradient_free.hard_tables import Rivals
from src.studies.gradient_free.start_effects import less_between

CONTESTS = (*VERDICTS, "method", "other", "gradient_charge", "dimensions")
HARD_CONTESTS = (*VERDICTS, "method", "other", "dimensions")
START = "start"  # kind of the claim on the effect of the start

Rows = Iterable[dict[str, object]]


class Verdicts(NamedTuple):
    """Verdicts of a sweep.

    Attributes:
        verdicts: the ``verdicts`` table.
        contests: the same rows with the methods that each row compares.
        missing: for each claim without a row, the runs that the claim needs.
    """

    verdicts: pd.DataFrame
    contests: pd.DataFrame
    missing: dict[str, str]


def verdicts(claims: Mapping[str, Claim], pairings: Mapping[str, Pairing], outcomes: pd.DataFrame) -> Verdicts:
    """Verdicts on each contest of which ``outcomes`` holds both methods on the same problem, dimension and seed."""

    def rows(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        for contest in pairings[name].contests(outcomes):
            pairs = paired(contest)
            if pairs.empty:
                continue
            dimensions = listed(pairs["dimension"])
            problems = pairs["problem"].nunique()
            where = f"D = {dimensions}; {problems} problem{'' if problems == 1 else 's'}"
            words = f"{contest.method} against {contest.other}, {where}"
            yield claim.settle(name, superiority(pairs), words) | {
                "method": contest.method,
                "other": contest.other,
                "gradient_charge": contest.gradient_charge,
                "dimensions": dimensions,
            }

    return _verdicts(claims, rows, lambda name: pairings[name].needs(), CONTESTS)


def hard_verdicts(
    claims: Mapping[str, Claim], rivals: Rivals, outcomes: pd.DataFrame, starts: pd.DataFrame, precision: float
) -> Verdicts:
    """Verdicts on each evolutionary method and gradient method that both ran on the same landscape.

    Gaps below ``precision`` count as ``precision``.
    """
    outcomes = outcomes.assign(tolerance=precision)

    def rows(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        kind = name.rpartition(".")[2]
        for other in _others(rivals, kind):
            for method in rivals.evolution:
                if kind == START:
                    estimate = less_between(starts, method, other)
                else:
                    estimate = _superiority(outcomes[outcomes["condition"] == kind], method, other)
                if estimate is UNKNOWN:  # no landscape has runs of both
                    continue
                yield claim.settle(name, estimate, f"{method} against {other}") | {
                    "method": method,
                    "other": other,
                    "dimensions": str(outcomes["dimension"].iloc[0]),
                }

    def needs(name: str) -> str:
        others = _others(rivals, name.rpartition(".")[2])
        return f"one of {', '.join(rivals.evolution)} and one of {', '.join(others)}"

    return _verdicts(claims, rows, needs, HARD_CONTESTS)


def _verdicts(
    claims: Mapping[str, Claim],
    rows_of: Callable[[str, Claim], Rows],
    needs: Callable[[str], str],
    columns: tuple[str, ...],
) -> Verdicts:
    every = list[dict[str, object]]()

    def settled(name: str, claim: Claim) -> Rows:
        rows = list(rows_of(name, claim))
        if not rows:
            raise RunsMissing(f"needs runs of {needs(name)} on the same problem")
        every.extend(rows)
        return rows

    table, missing = settle_each(claims, settled)
    return Verdicts(table, pd.DataFrame(every, columns=list(columns)), missing)


def _others(rivals: Rivals, kind: str) -> list[str]:
    return [*([rivals.one_start] if kind == START else []), *rivals.gradients]


def _superiority(outcomes: pd.DataFrame, method: str, other: str) -> Estimate:
    """Share of landscapes and seeds that ``method`` wins; UNKNOWN where no landscape has runs of both methods."""
    first, second = (outcomes[outcomes["method"] == name] for name in (method, other))
    return superiority(first.merge(second, on=["problem", "seed", "tolerance"], suffixes=("", "_other")))
