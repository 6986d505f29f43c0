"""One search method against another: in how many pairs of a landscape and a seed it ends lower."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from src.core.checks import check_count
from src.statistics.intervals import UNKNOWN, Estimate, bootstrap, mean, proportion
from src.studies.claims import Claim
from src.studies.search_runs import BACKWARD, DIFFERENCES, VALUES

KINDS = ("one_start", "restarts", "differences", "high_dimension", "continuous")
PAIRS = ["problem", "dimension", "seed"]


class Contest(NamedTuple):
    """A method against another on some landscapes."""

    method: str
    other: str
    cost: str  # how the other's calls are counted
    runs: pd.DataFrame  # the outcomes in question


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Who is compared with whom.

    Attributes:
        populations: the population methods of claim C20.
        one_start: the gradient method that begins once.
        restarts: gradient methods that begin anew when they have come to rest.
        multimodal: landscapes with more than one local minimum.
        evolution: the method that claim C23 expects to do well in many dimensions.
        many: the fewest dimensions that count as many.
        swarm: the method that claim C23 expects to do well on continuous landscapes.
    """

    populations: Sequence[str]
    one_start: str
    restarts: Sequence[str]
    multimodal: Sequence[str]
    evolution: str
    many: int
    swarm: str

    def __post_init__(self) -> None:
        check_count(self, "many", at_least=2)

    def contests(self, kind: str, outcomes: pd.DataFrame) -> Iterator[Contest]:
        """The contests that settle claims of ``kind``."""
        if kind == "high_dimension":
            yield from _against_all(self.evolution, outcomes[outcomes["dimension"] >= self.many])
            return
        if kind == "continuous":
            yield from _against_all(self.swarm, outcomes)
            return
        rough = outcomes[outcomes["problem"].isin(self.multimodal)]
        plane = rough["dimension"] == 2
        others = [self.one_start] if kind == "one_start" else self.restarts
        cost = DIFFERENCES if kind == "differences" else BACKWARD
        for runs in (rough[plane], rough[~plane]):
            for other in others:
                for method in self.populations:
                    yield Contest(method, other, cost, runs)


def _against_all(method: str, runs: pd.DataFrame) -> Iterator[Contest]:
    """``method`` against each other method that takes no gradients."""
    for other in runs.loc[runs["cost"] == VALUES, "optimizer"].unique():
        if other != method:
            yield Contest(method, str(other), VALUES, runs)


def contests_table(claims: Mapping[str, Claim], sides: Sides, outcomes: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of ``verdicts``, with ``method``, ``other``, ``cost`` and ``dimensions`` of each contest."""
    rows = []
    for name, claim in claims.items():
        for contest in sides.contests(name.rpartition(".")[2], outcomes):
            pairs = paired(contest)
            if pairs.empty:
                continue
            dimensions = spelled(pairs["dimension"])
            landscapes = pairs["problem"].nunique()
            where = f"D = {dimensions}; {landscapes} landscape{'' if landscapes == 1 else 's'}"
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
