"""Defaults of our searches against the defaults of the field's, on functions on which ours were not chosen."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.searches.contests import Contest
from benchmarks.searches.peers import cma_growing, pymoo, scipy_de
from benchmarks.searches.quality import Pairing, absent, on_landscape
from benchmarks.searches.rotated import JUDGING, TOLERANCE, rotated

DIMENSIONS = (2, 5, 10)
SEEDS = 15
EVALUATIONS = 1000  # per coordinate
DE_PEERS = scipy_de(), pymoo("DE")
EVOLUTION = (
    Pairing("differential_evolution", DE_PEERS),
    Pairing("l_shade", DE_PEERS),
    Pairing("particle_swarm", (pymoo("PSO"),)),
)
# Restarts of growing population need room: the last of five runs has 32 times the first population.
GROWING_EVALUATIONS = 4000
GROWING = (Pairing("cma_es", (cma_growing(),)),)
GROUPS: Mapping[str, tuple[tuple[Pairing, ...], int]] = {
    "evolution": (EVOLUTION, EVALUATIONS),
    "growing": (GROWING, GROWING_EVALUATIONS),
}


def contests(dimensions: Sequence[int] = DIMENSIONS, count: int = SEEDS) -> Iterator[Contest | str]:
    """Every pairing on every function of ``JUDGING``, and the verdicts of each pairing counted.

    Args:
        dimensions: numbers of coordinates.
        count: number of seeds.
    """
    for pairings, evaluations in GROUPS.values():
        yield from absent(pairings)
        for dimension in dimensions:
            budget = evaluations * dimension
            done: list[Contest] = []
            for name in JUDGING:
                found = on_landscape(
                    rotated(name, dimension), f"{name} {dimension}-D", pairings, budget, count, TOLERANCE
                )
                for contest in found:
                    done.append(contest)
                    yield contest
            yield from counted(done, dimension)


def counted(contests: Sequence[Contest], dimension: int) -> Iterator[str]:
    """One line per method and peer: on how many functions it is better, level and worse."""
    verdicts: dict[tuple[str, str], list[Any]] = {}
    for contest in contests:
        verdicts.setdefault((contest.method, contest.peer), []).append(contest.verdict)
    for (method, peer), found in verdicts.items():
        counts = ", ".join(f"{word} {found.count(word)}" for word in ("better", "level", "worse"))
        yield f"{method} against {peer}, {dimension}-D, {len(found)} functions: {counts}"
