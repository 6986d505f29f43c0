"""What a benchmark returns, and how two rivals are timed fairly on a machine that others use too."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One line of the table.

    Attributes:
        benchmark: what was done.
        peer: what it is measured against.
        ours: seconds that this project takes.
        peers: seconds that the peer takes for the same work.
        ratio: the number that is judged; above 1 means faster than the peer.
        goal: what ``ratio`` should reach, or stay below where ``at_most``.
        at_most: whether the goal is a ceiling.
        note: how the numbers came about.
    """

    benchmark: str
    peer: str
    ours: float
    peers: float
    ratio: float
    goal: float
    at_most: bool = False
    note: str

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal


def interleaved(
    ours: Callable[[], object],
    peers: Callable[[], object],
    repeats: int,
    clock: Callable[[], float] = time.process_time,
) -> tuple[float, float]:
    """Median seconds of ``ours`` and ``peers``, called in turn after one warm-up each.

    Both are single-threaded computation, so the processor time of this process is the default clock: waiting for
    other processes does not count, and what is left of their influence falls on both alike.
    """
    rivals = (ours, peers)
    for rival in rivals:
        rival()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for rival, seconds in zip(rivals, taken, strict=True):
            began = clock()
            rival()
            seconds.append(clock() - began)
    return median(taken[0]), median(taken[1])
