"""Result of a benchmark, and the timing of two rivals on a machine that other programs use too."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One line of the table.

    Attributes:
        benchmark: title of the work.
        peer: title of the rival.
        ours: seconds that this project takes.
        peers: seconds that the peer takes for the same work.
        ratio: number that is compared with the goal; above 1 means faster than the peer.
        goal: least value of ``ratio``, or its largest value where ``at_most``.
        at_most: whether the goal is a ceiling.
        note: conditions of the measurement.
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
    other processes does not count, and their remaining influence falls on both rivals alike.
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
