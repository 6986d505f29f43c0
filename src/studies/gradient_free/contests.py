"""Contests of two search methods: share of pairs of a problem and a seed that the first method wins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from src.core.checks import check_choice, field_error
from src.protocol.claims import Claim
from src.statistics.intervals import UNKNOWN, Estimate, bootstrap, mean, wilson
from src.studies.gradient_free.runs import BACKWARD, DIFFERENCES, VALUES

PAIRS = ["problem", "dimension", "seed"]


class Contest(NamedTuple):
    """Two methods that are compared on some problems."""

    method: str
    other: str
    gradient_charge: str  # how the other's calls are counted
    runs: pd.DataFrame  # outcomes on these problems


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """Contests that settle one claim: each of some methods against each of others, in ranges of dimensions.

    Attributes:
        methods: methods that the claim expects to do better.
        others: methods that they are compared with; None for all methods that take no gradients.
        gradient_charge: how the others' calls are counted: ``values``, ``backward`` or ``differences``.
        problems: names of the problems that the claim is about; None for all problems.
        ranges: fewest and most dimensions of each group of problems; each group gets its own verdict.
    """

    methods: Sequence[str]
    others: Sequence[str] | None
    gradient_charge: str
    problems: Sequence[str] | None
    ranges: Sequence[tuple[int, int]]

    def __post_init__(self) -> None:
        check_choice(self, "gradient_charge", (VALUES, BACKWARD, DIFFERENCES))
        if not self.ranges or not all(len(ends) == 2 and ends[0] <= ends[1] for ends in self.ranges):
            raise field_error(self, "ranges", self.ranges, "pairs of the fewest and the most dimensions")

    def needs(self) -> str:
        """Methods of which a sweep must hold two, in words."""
        others = "another method" if self.others is None else f"one of {', '.join(self.others)}"
        return f"one of {', '.join(self.methods)} and {others}"

    def contests(self, outcomes: pd.DataFrame) -> Iterator[Contest]:
        """The contests, by range of dimensions, then by other method, then by method."""
        about = outcomes if self.problems is None else outcomes[outcomes["problem"].isin(self.problems)]
        without_gradients = about.loc[about["gradient_charge"] == VALUES, "method"].unique()
        others = without_gradients if self.others is None else self.others
        for low, high in self.ranges:
            runs = about[about["dimension"].between(low, high)]
            for other in others:
                for method in self.methods:
                    if method != other:
                        yield Contest(method, str(other), self.gradient_charge, runs)


def check_pairings(owner: object, claims: Mapping[str, Claim], pairings: Mapping[str, Pairing]) -> None:
    """Raise FieldError unless each claim has its pairing and each pairing its claim."""
    if set(claims) != set(pairings):
        raise field_error(owner, "contests", ", ".join(pairings), "one for each claim: " + ", ".join(claims))


def paired(contest: Contest) -> pd.DataFrame:
    """One row per problem, dimension and seed that both methods ran: ``gap`` and ``gap_other``."""
    runs = contest.runs
    first = runs[(runs["method"] == contest.method) & (runs["gradient_charge"] == VALUES)]
    second = runs[(runs["method"] == contest.other) & (runs["gradient_charge"] == contest.gradient_charge)]
    return first.merge(second, on=PAIRS, suffixes=("", "_other"))


def superiority(pairs: pd.DataFrame) -> Estimate:
    """Share of ``pairs`` in which ``gap`` is below ``gap_other``; a tie counts half.

    Gaps within the landscape's ``tolerance`` count as the tolerance, so that two solutions tie. Landscapes are
    chosen, not drawn. Each end of the interval is the wider end of two intervals: a bootstrap over seeds, which
    respects that landscapes share a seed's numbers, and Wilson's interval over pairs, which has a width where all
    pairs agree.
    """
    if pairs.empty:
        return UNKNOWN
    gap, other = (np.maximum(pairs[name], pairs["tolerance"]) for name in ("gap", "gap_other"))
    won = (gap < other) + 0.5 * (gap == other)
    by_seed = bootstrap(won.groupby(pairs["seed"]).mean().to_numpy(), mean)
    by_pair = wilson(float(won.mean()), len(won))
    return Estimate(
        by_pair.value, float(np.fmin(by_seed.low, by_pair.low)), float(np.fmax(by_seed.high, by_pair.high))
    )


def listed(dimensions: pd.Series) -> str:
    """The distinct dimensions, as "5, 10"."""
    return ", ".join(str(one) for one in sorted(dimensions.unique()))
