"""Two methods on one landscape at equal evaluations: the lower end value, and the shorter time to a tolerance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.statistics.intervals import Estimate, median, percentile_interval, resamples
from src.statistics.running_time import running_time_log_ratio
from src.statistics.runtimes import Attempts, attempts

PRECISION = 1e-8  # lower errors count as this error, as they are rounding


@dataclass(frozen=True, kw_only=True)
class Contest:
    """One line of the table of quality.

    Attributes:
        method: our method, with the changes of its defaults.
        peer: the peer's method, with the changes of its defaults.
        landscape: landscape and number of dimensions.
        evaluations: budget of each run of both methods.
        seeds: number of runs of each method.
        ours: our median error at the end of the budget, at least ``PRECISION``.
        peers: the peer's median error at the end of the budget, at least ``PRECISION``.
        ours_solved: share of our runs within the landscape's tolerance of the minimum.
        peers_solved: share of the peer's runs within the landscape's tolerance of the minimum.
        decades: log10 of our median error over the peer's, with its interval; below 0 where ours is better.
        sooner: log10 of our expected running time to the tolerance over the peer's, with its interval; NaN without
            successes.
    """

    method: str
    peer: str
    landscape: str
    evaluations: int
    seeds: int
    ours: float
    peers: float
    ours_solved: float
    peers_solved: float
    decades: Estimate
    sooner: Estimate

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` where the whole interval of ``decades`` is on one side of 0, else ``level``."""
        if self.decades.high < 0:
            return "better"
        return "worse" if self.decades.low > 0 else "level"


def compared(
    ours: NDArray[np.float64], peers: NDArray[np.float64], tolerance: float, names: tuple[str, str, str]
) -> Contest:
    """Judge the best errors so far of ``ours`` and ``peers``, each (S, E); ``names``: method, peer, landscape.

    The S runs of one side are independent; run i of both may share its start, so they are resampled together.
    """
    count, evaluations = ours.shape
    ends = [np.maximum(runs[:, -1], PRECISION) for runs in (ours, peers)]
    tries = [reached(runs, tolerance) for runs in (ours, peers)]
    method, peer, landscape = names
    return Contest(
        method=method,
        peer=peer,
        landscape=landscape,
        evaluations=evaluations,
        seeds=count,
        ours=float(np.median(ends[0])),
        peers=float(np.median(ends[1])),
        ours_solved=float(tries[0].reached.mean()),
        peers_solved=float(tries[1].reached.mean()),
        decades=_difference(np.log10(ends[0]), np.log10(ends[1])),
        sooner=running_time_log_ratio(tries[0], tries[1]),
    )


def reached(errors: NDArray[np.float64], tolerance: float) -> Attempts:
    """First evaluation, counted from 1, at which each run (S, E) was within ``tolerance``."""
    within = errors <= tolerance
    first = np.where(within.any(axis=1), within.argmax(axis=1) + 1.0, np.inf)
    return attempts(first, errors.shape[1])


def _difference(a: NDArray[np.float64], b: NDArray[np.float64]) -> Estimate:
    """Difference of medians with a bootstrap over runs."""
    drawn = resamples(len(a))
    low, high = percentile_interval(median(a[drawn]) - median(b[drawn]))
    return Estimate(float(median(a) - median(b)), float(low), float(high))


def line(contest: Contest) -> str:
    """A contest as printed."""
    sooner = "" if np.isnan(contest.sooner.value) else f"; evaluations to it x {_factor(contest.sooner)}"
    return (
        f"{contest.verdict:6}  {contest.method} against {contest.peer}, {contest.landscape}, "
        f"{contest.evaluations} evaluations: "
        f"error {contest.ours:.1e} against {contest.peers:.1e} (x {_factor(contest.decades)}), "
        f"solved {contest.ours_solved:.0%} against {contest.peers_solved:.0%}{sooner}"
    )


def _factor(decades: Estimate) -> str:
    low, value, high = (10.0**edge for edge in (decades.low, decades.value, decades.high))
    return f"{value:.2g} [{low:.2g}, {high:.2g}]"
