"""One search method against another: in how many pairs of a problem and a seed it ends lower."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from src.core.checks import check_choice, refuse
from src.statistics.intervals import UNKNOWN, Estimate, bootstrap, mean, proportion
from src.studies.claims import Claim
from src.studies.search_runs import BACKWARD, DIFFERENCES, VALUES

PAIRS = ["problem", "dimension", "seed"]


class Contest(NamedTuple):
    """A method against another on some problems."""

    method: str
    other: str
    cost: str  # how the other's calls are counted
    runs: pd.DataFrame  # the outcomes in question


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """The contests that settle one claim: each of some methods against each of others, in ranges of dimensions.

    Attributes:
        methods: those that the claim expects to do better.
        others: those that they are compared with; None for all that take no gradients.
        cost: how the others' calls are counted: ``values``, ``backward`` or ``differences``.
        problems: names of those that the claim is about; None for all.
        ranges: fewest and most dimensions, of each group of problems that is judged by itself.
    """

    methods: Sequence[str]
    others: Sequence[str] | None
    cost: str
    problems: Sequence[str] | None
    ranges: Sequence[tuple[int, int]]

    def __post_init__(self) -> None:
        check_choice(self, "cost", (VALUES, BACKWARD, DIFFERENCES))
        if not self.ranges or not all(len(ends) == 2 and ends[0] <= ends[1] for ends in self.ranges):
            raise refuse(self, "ranges", self.ranges, "pairs of the fewest and the most dimensions")

    def contests(self, outcomes: pd.DataFrame) -> Iterator[Contest]:
        """All of them."""
        about = outcomes if self.problems is None else outcomes[outcomes["problem"].isin(self.problems)]
        free = about.loc[about["cost"] == VALUES, "optimizer"].unique() if self.others is None else self.others
        for low, high in self.ranges:
            runs = about[about["dimension"].between(low, high)]
            for other in free:
                for method in self.methods:
                    if method != other:
                        yield Contest(method, str(other), self.cost, runs)


def check_pairings(owner: object, claims: Mapping[str, Claim], pairings: Mapping[str, Pairing]) -> None:
    """Raise FieldError unless each claim has its pairing and each pairing its claim."""
    if set(claims) != set(pairings):
        raise refuse(owner, "contests", ", ".join(pairings), "one for each claim: " + ", ".join(claims))


def contests_table(
    claims: Mapping[str, Claim], pairings: Mapping[str, Pairing], outcomes: pd.DataFrame
) -> list[dict[str, object]]:
    """The rows of ``verdicts``, with ``method``, ``other``, ``cost`` and ``dimensions`` of each contest."""
    rows = []
    for name, claim in claims.items():
        for contest in pairings[name].contests(outcomes):
            pairs = paired(contest)
            if pairs.empty:
                continue
            dimensions = spelled(pairs["dimension"])
            problems = pairs["problem"].nunique()
            where = f"D = {dimensions}; {problems} problem{'' if problems == 1 else 's'}"
            words = f"{contest.method} against {contest.other}, {where}"
            told = {"method": contest.method, "other": contest.other, "cost": contest.cost, "dimensions": dimensions}
            rows.append(claim.settle(name, superiority(pairs), words) | told)
    return rows


def paired(contest: Contest) -> pd.DataFrame:
    """One row a landscape, dimension and seed that both were run under: ``gap`` and ``gap_other``."""
    runs = contest.runs
    first = runs[(runs["optimizer"] == contest.method) & (runs["cost"] == VALUES)]
    second = runs[(runs["optimizer"] == contest.other) & (runs["cost"] == contest.cost)]
    return first.merge(second, on=PAIRS, suffixes=("", "_other"))


def superiority(pairs: pd.DataFrame) -> Estimate:
    """Share of ``pairs`` in which ``gap`` is below ``gap_other``; ties, as of two that solved it, count half.

    Gaps within the landscape's ``tolerance`` count as the tolerance. Landscapes are chosen, not drawn. Each end of
    the interval is the wider one of two: of a bootstrap over seeds, which minds that landscapes share a seed's
    numbers, and of Wilson's over pairs, which has a width where all pairs agree.
    """
    if pairs.empty:
        return UNKNOWN
    gap, other = (np.maximum(pairs[name], pairs["tolerance"]) for name in ("gap", "gap_other"))
    won = (gap < other) + 0.5 * (gap == other)
    by_seed = bootstrap(won.groupby(pairs["seed"]).mean().to_numpy(), mean)
    by_pair = proportion(float(won.mean()), len(won))
    return Estimate(
        by_pair.value, float(np.fmin(by_seed.low, by_pair.low)), float(np.fmax(by_seed.high, by_pair.high))
    )


def spelled(dimensions: pd.Series) -> str:
    """The distinct dimensions, as "5, 10"."""
    return ", ".join(str(one) for one in sorted(dimensions.unique()))
