"""Replicates by the engine against the same replicates one at a time."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.alone import descend_rosenbrock, train_network
from benchmarks.cells import as_module, cell, with_module
from benchmarks.measurement import Measurement, interleaved
from src.core.streams import OrderStream, Seed, seeds
from src.problems.learning import LearningTask
from src.problems.mlp import Mlp
from src.problems.rosenbrock import Rosenbrock
from src.protocol.study import Cell
from src.protocol.tuning.tune import descend


class Alone(Protocol):
    """A peer, ready to run replicates."""

    def __call__(self, start: Tensor, rate: float, number: int) -> float:
        """The final loss of seed ``number`` from ``start`` (D,) at ``rate``."""


@dataclass(frozen=True)
class RosenbrockAlone:
    """``torch.optim.Adam`` on Rosenbrock's function, for the steps of ``cell``."""

    cell: Cell

    def __call__(self, start: Tensor, rate: float, number: int) -> float:
        """Final loss of one seed, as in ``Alone``."""
        problem = self.cell.problem
        if not isinstance(problem, Rosenbrock):
            raise TypeError(f"{type(problem).__name__} is not a Rosenbrock")
        return descend_rosenbrock(problem, start, rate, self.cell.steps)


class NetworkAlone:
    """``torch.optim.Adam`` on ``module``, for the steps of ``cell``; each seed sees the engine's batches."""

    def __init__(self, cell: Cell, module: nn.Sequential) -> None:
        task = cell.problem
        if not isinstance(task, LearningTask) or task.batch_size is None:
            raise TypeError(f"{type(task).__name__} draws no batches")
        self._task, self._module = task, module
        self._batches = []
        for seed in seeds(cell.seeds):
            stream = OrderStream([seed], task.size, task.batch_size)
            self._batches.append([torch.from_numpy(stream.next()[0]) for _ in range(cell.steps)])

    def __call__(self, start: Tensor, rate: float, number: int) -> float:
        """Final loss of one seed, as in ``Alone``."""
        return train_network(self._task, self._module, start, rate, self._batches[number])


@dataclass(frozen=True, kw_only=True)
class Race:
    """One engine run against its replicates one at a time.

    Attributes:
        name: title of the race.
        peer: title of the peer.
        cell: cell that the engine runs.
        rates: learning rates, shape (L,).
        alone: peer, which runs one replicate at a time.
        goal: factor by which the engine should be faster than the peer.
    """

    name: str
    peer: str
    cell: Cell
    rates: np.ndarray
    alone: Alone
    goal: float

    @property
    def replicates(self) -> list[tuple[Seed, float]]:
        """All replicates in the order of the engine's rows."""
        return [(seed, float(rate)) for seed in seeds(self.cell.seeds) for rate in self.rates]

    def ours(self) -> np.ndarray:
        """Final losses (S * L,) by the function that studies call, with everything that the function records."""
        summary = descend(self.cell, "test", self.rates, self.cell.seeds)[1]
        return summary["final_train_loss" if self.cell.problem.is_learning else "final_loss"].to_numpy(np.float64)

    def peers(self, rows: np.ndarray) -> np.ndarray:
        """Final losses of the replicates ``rows``."""
        starts = self.cell.start.draw(self.cell.problem, seeds(self.cell.seeds))
        chosen = [self.replicates[row] for row in rows]
        return np.array([self.alone(starts[seed.number], rate, seed.number) for seed, rate in chosen])

    def sample(self, size: int) -> np.ndarray:
        """``size`` rows spread over seeds and rates; all rows where there are no more than ``size``."""
        count = len(self.replicates)
        return np.arange(count) if size >= count else np.random.default_rng(0).permutation(count)[:size]

    def disagreement(self, rows: np.ndarray) -> float:
        """Largest difference between our final losses and the peer's, relative to the peer's losses or to 1."""
        ours, theirs = self.ours()[rows], self.peers(rows)
        return float(np.max(np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))))

    def measured(self, size: int, repeats: int, disagreement: float) -> Measurement:
        """Time all replicates by the engine, and ``size`` of them one at a time, scaled up to all."""
        rows = self.sample(size)
        count = len(self.replicates)
        ours, sampled = interleaved(self.ours, lambda: self.peers(rows), repeats)
        peers = sampled * count / len(rows)
        some = "all replicates" if len(rows) == count else f"{len(rows)} of {count} replicates, scaled up"
        return Measurement(
            benchmark=self.name,
            peer=self.peer,
            ours=ours,
            peers=peers,
            ratio=peers / ours,
            goal=self.goal,
            note=f"peer: {some}; final losses differ by {disagreement:.0e} at most",
        )


def rosenbrock(seeds: int = 30, rates: int = 13, steps: int = 200) -> Race:
    """Adam on Rosenbrock's function in two dimensions (row R6)."""
    base = replace(cell("rosenbrock", seeds), steps=steps)
    return Race(
        name=f"{seeds * rates} replicates, Rosenbrock 2-D, {steps} steps",
        peer="torch.optim.Adam, one at a time",
        cell=base,
        rates=np.geomspace(1e-5, 1.0, rates),
        alone=RosenbrockAlone(base),
        goal=300,
    )


def perceptron(
    seeds: int = 30, rates: int = 7, steps: int | None = None, *, by_module: bool = False, watched: bool = False
) -> Race:
    """Adam on the digits perceptron, its backward pass written out, or ``by_module`` as any module runs.

    The peer evaluates no data but its batches, so the engine evaluates at the first and last step only. ``watched``:
    the engine also evaluates on training and validation data once per epoch, as studies do. ``steps``: 20 epochs by
    default.
    """
    base = cell("digits_mlp", seeds)
    base = replace(base, steps=steps or base.steps)
    if not watched:
        base = replace(base, evaluate_every=base.steps)
    mlp = base.problem
    if not isinstance(mlp, Mlp):
        raise TypeError(f"{type(mlp).__name__} is not an Mlp")
    ours = with_module(base) if by_module else base
    kind = ("as a torch.nn.Module" if by_module else "written out") + (", evaluated each epoch" if watched else "")
    return Race(
        name=f"{seeds * rates} digits networks {kind}, {base.steps} steps",
        peer="torch.optim.Adam on torch.nn.Sequential, one at a time",
        cell=ours,
        rates=np.geomspace(1e-4, 1e-2, rates),
        alone=NetworkAlone(ours, as_module(mlp)),
        goal=5 if by_module else 12,
    )
