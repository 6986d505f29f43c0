"""Our methods against the field's on five landscapes: the pairings and their settings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.cells import built
from benchmarks.searches.contests import Contest, compared
from benchmarks.searches.formulas import FORMULAS, TOLERANCE, landscape
from benchmarks.searches.peers import Peer, cma, missing, pymoo, scipy_de
from src.core.search import SearchMethod
from src.core.streams import seeds
from src.engine.search import SearchLoop
from src.problems.landscape import Landscape
from src.starts.uniform import Uniform

DIMENSIONS = (2, 10)
EVALUATIONS = 1000  # per coordinate


@dataclass(frozen=True)
class Pairing:
    """A method of ours and its peers.

    Attributes:
        name: name of the method's yaml in ``conf/search/``.
        peers: methods that the method is compared with.
        changed: fields that differ from the yaml.
    """

    name: str
    peers: tuple[Peer, ...]
    changed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Printed name of the method, with the changed fields."""
        changes = ", ".join(f"{key} {value}" for key, value in self.changed.items())
        return f"{self.name} ({changes})" if changes else self.name

    def method(self) -> SearchMethod:
        """Our method, with the changed fields."""
        method: SearchMethod = replace(built("search", self.name), **self.changed)
        return method


SIZE = 40  # one population for differential evolution and the swarms, whose defaults differ between libraries
SAME_DE: dict[str, Any] = {"variant": "DE/rand/1/bin", "F": 0.6, "CR": 0.9, "prob_mut": 0.0}
SAME_PSO: dict[str, Any] = {"w": 0.7298, "c1": 1.49618, "c2": 1.49618, "adaptive": False, "pertube_best": False}
PAIRINGS = (
    Pairing("genetic", (pymoo("GA"),)),
    Pairing(
        "de_rand",
        (
            pymoo("DE", f"population {SIZE}", pop_size=SIZE),
            pymoo("DE", "rand/1/bin, F 0.6, CR 0.9, as ours", pop_size=SIZE, **SAME_DE),
            scipy_de(f"population {SIZE}", population=SIZE),
            scipy_de(
                "rand1bin, F 0.6, CR 0.9, deferred, as ours",
                population=SIZE,
                strategy="rand1bin",
                mutation=0.6,
                recombination=0.9,
                updating="deferred",
                vectorized=True,
            ),
        ),
        {"population": SIZE},
    ),
    Pairing(  # both peers' default strategy
        "de_best",
        (pymoo("DE", f"population {SIZE}", pop_size=SIZE), scipy_de(f"population {SIZE}", population=SIZE)),
        {"population": SIZE, "weight": 0.7},  # at 0.6 so small a population collapses in 10-D
    ),
    Pairing("particle_swarm_constriction", (pymoo("PSO", f"population {SIZE}", pop_size=SIZE),)),
    Pairing(
        "particle_swarm_constriction",
        (pymoo("PSO", f"population {SIZE}, as ours", pop_size=SIZE, max_velocity_rate=1.0, **SAME_PSO),),
        {"neighbours": "all"},
    ),
    Pairing("cma_es", (cma(), pymoo("CMAES", "sigma 0.3", sigma=0.3))),
)


def errors(problem: Landscape, method: SearchMethod, evaluations: int, count: int) -> NDArray[np.float64]:
    """Best true error so far of ``count`` seeds after each evaluation, shape (S, E)."""
    lower, upper = problem.box()
    all_seeds = seeds(count)
    loop = SearchLoop(problem=problem, method=method, lower=lower, upper=upper, budget=evaluations)
    result = loop.run(Uniform(lower=None, upper=None).draw(problem, all_seeds), all_seeds)
    if result.failures:
        raise RuntimeError(f"{type(method).__name__}: {next(iter(result.failures.values()))}")
    if problem.minimum is None:
        raise ValueError("an error needs a known minimum")
    differences: NDArray[np.float64] = result.best.numpy() - problem.minimum.value
    return differences


def contests(
    count: int, dimensions: tuple[int, ...] = DIMENSIONS, per_coordinate: int = EVALUATIONS
) -> Iterator[Contest | str]:
    """All pairings on all landscapes, ``per_coordinate`` evaluations per coordinate; text where a peer is missing."""
    yield from absent(PAIRINGS)
    for dimension in dimensions:
        for name in FORMULAS:
            problem = landscape(name, dimension)
            yield from on_landscape(
                problem, f"{name} {dimension}-D", PAIRINGS, per_coordinate * dimension, count, TOLERANCE
            )


def absent(pairings: Iterable[Pairing]) -> Iterator[str]:
    """One line per package that is missing."""
    packages = {peer.package for pairing in pairings for peer in pairing.peers if not peer.installed}
    yield from map(missing, sorted(packages))


def on_landscape(
    problem: Landscape, title: str, pairings: Iterable[Pairing], evaluations: int, count: int, tolerance: float
) -> Iterator[Contest]:
    """All pairings on one landscape with ``count`` seeds; each peer is run once."""
    known: dict[str, NDArray[np.float64]] = {}
    for pairing in pairings:
        ours = errors(problem, pairing.method(), evaluations, count)
        for peer in pairing.peers:
            if not peer.installed:
                continue
            if peer.name not in known:
                known[peer.name] = errors(problem, peer.solver(), evaluations, count)
            yield compared(ours, known[peer.name], tolerance, (pairing.title, peer.name, title))
