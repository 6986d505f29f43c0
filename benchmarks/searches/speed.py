"""Seconds for all seeds of a search: ours in one batch, a peer's one at a time, or compiled by JAX in one batch."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import torch

from benchmarks.measurement import Measurement, interleaved
from benchmarks.searches.formulas import FORMULAS, Formula, landscape
from benchmarks.searches.peers import Peer, cma, missing, pymoo, scipy_de
from benchmarks.searches.quality import SIZE, Pairing
from src.core.search import BudgetSpent, Objective, Setup, Solver
from src.core.streams import Seed, seeds
from src.engine.search import SearchLoop
from src.search.recombination import default_population
from src.starts.uniform import Uniform

LANDSCAPE, DIMENSION, EVALUATIONS = "rastrigin", 10, 10_000
GOAL = 5.0  # times as fast as a peer that runs one seed at a time
COMPILED_GOAL = 0.3  # a third of the speed of compiled code that has been compiled
GENETIC = Pairing("genetic", (pymoo("GA"),))
EVOLUTION = Pairing(
    "differential_evolution",
    (
        pymoo("DE", f"population {SIZE}", pop_size=SIZE),
        scipy_de(f"population {SIZE}", population=SIZE),
        scipy_de(f"population {SIZE}, vectorized", population=SIZE, updating="deferred", vectorized=True),
    ),
    {"population": SIZE},
)
SWARM = Pairing("particle_swarm", (pymoo("PSO", f"population {SIZE}", pop_size=SIZE),))
CMA = Pairing("cma_es", (cma(), pymoo("CMAES", "sigma 0.3", sigma=0.3)))
PAIRINGS = (GENETIC, EVOLUTION, SWARM, CMA)
# evosax's, with as many points a generation.
BATCHED = ((GENETIC, "SimpleGA"), (EVOLUTION, "DE"), (SWARM, "PSO"), (CMA, "CMA_ES"))


class Lean(Objective):
    """A formula that counts its evaluations and does nothing else, so that no peer pays for our records."""

    def __init__(self, formula: Formula, budget: int) -> None:
        self._formula = formula
        self._left = budget

    @property
    def remaining(self) -> int:
        """As in ``Objective``."""
        return self._left

    def __call__(self, point: np.ndarray) -> float:
        """As in ``Objective``."""
        return float(self.many(point[None])[0])

    def many(self, points: np.ndarray) -> np.ndarray:
        """As in ``Objective``."""
        if self._left < len(points):
            raise BudgetSpent
        self._left -= len(points)
        values: np.ndarray = self._formula(np, points)
        return values

    def with_gradient(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        """Raise: no peer here takes gradients."""
        raise NotImplementedError


def alone(peer: Peer, all_seeds: Sequence[Seed], evaluations: int = EVALUATIONS) -> None:
    """Run the peer once per seed."""
    problem = landscape(LANDSCAPE, DIMENSION)
    lower, upper = problem.box()
    starts = Uniform(lower=None, upper=None).draw(problem, all_seeds)
    solver = peer.solver()
    if not isinstance(solver, Solver):
        raise TypeError(f"{peer.name} is not a solver")
    for row, seed in enumerate(all_seeds):
        setup = Setup(start=starts[row : row + 1], lower=lower, upper=upper, budget=evaluations)
        with suppress(BudgetSpent):
            solver.solve(Lean(FORMULAS[LANDSCAPE], evaluations), setup, seed.generator("search", peer.name))


def together(pairing: Pairing, all_seeds: Sequence[Seed], evaluations: int = EVALUATIONS) -> torch.Tensor:
    """Run ours for all seeds, with all that is recorded; the best errors (S,)."""
    problem = landscape(LANDSCAPE, DIMENSION)
    lower, upper = problem.box()
    loop = SearchLoop(problem=problem, method=pairing.method(), lower=lower, upper=upper, budget=evaluations)
    return loop.run(Uniform(lower=None, upper=None).draw(problem, all_seeds), all_seeds).best[:, -1]


def races(count: int, sampled: int, repeats: int) -> Iterator[Measurement | str]:
    """Ours with ``count`` seeds against each peer with ``sampled`` of them, scaled up."""
    all_seeds = seeds(count)
    name = f"{count} seeds, {LANDSCAPE} {DIMENSION}-D, {EVALUATIONS} evaluations each"
    note = "all seeds" if sampled == count else f"peer: {sampled} of {count} seeds, scaled up"
    for pairing in PAIRINGS:
        for peer in pairing.peers:
            if not peer.installed:
                continue
            rivals = partial(together, pairing, all_seeds), partial(alone, peer, all_seeds[:sampled])
            ours, part = interleaved(*rivals, repeats)
            seconds = ours, part * count / sampled
            yield _measurement(f"{pairing.title}: {name}", f"{peer.name}, one at a time", seconds, note)
    if find_spec("evosax") is not None:
        yield from _against_jax(all_seeds, name, repeats)
    yield from (missing(package) for package in ("pymoo", "evosax") if find_spec(package) is None)


def _against_jax(all_seeds: Sequence[Seed], name: str, repeats: int) -> Iterator[Measurement]:
    evosax = import_module("benchmarks.searches.evosax_peers")
    for pairing, algorithm in BATCHED:
        method = pairing.method()
        population = getattr(method, "population", None) or default_population(DIMENSION)
        theirs = evosax.batched(algorithm, LANDSCAPE, DIMENSION, population, EVALUATIONS)
        numbers = [seed.number for seed in all_seeds]
        began = time.process_time()
        theirs(numbers)
        first = time.process_time() - began
        ours, peers = interleaved(partial(together, pairing, all_seeds), partial(theirs, numbers), repeats)
        note = f"all seeds in one batch; compiled in {first - peers:.2g} s of processor time, which is not counted"
        yield _measurement(
            f"{pairing.title}: {name}", f"evosax {algorithm}, in one batch", (ours, peers), note, COMPILED_GOAL
        )


def _measurement(
    benchmark: str, peer: str, seconds: tuple[float, float], note: str, goal: float = GOAL
) -> Measurement:
    ours, peers = seconds
    return Measurement(
        benchmark=benchmark, peer=peer, ours=ours, peers=peers, ratio=peers / ours, goal=goal, note=note
    )
