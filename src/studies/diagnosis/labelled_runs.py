"""Simulated runs of twice the length that a detector is shown, at every rate of a grid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from src.core.start import Start
from src.core.streams import Seed
from src.engine.descend import DescentResult
from src.problems.learning import LearningTask
from src.problems.with_test_metrics import WithTestMetrics
from src.protocol.study import Cell
from src.protocol.tuning.tune import descend_from
from src.tables.run_tables import objective

EVALUATIONS = 12  # evaluations in the part that is shown


@dataclass(frozen=True)
class Heights:
    """Training losses, each (R,), in units of the gap between the start's and the lowest loss.

    Attributes:
        start, end, later: height at the start, after T steps and after 2T steps.
        tail, highest, least: mean, highest and lowest height over the last quarter of the first T steps.
    """

    start: np.ndarray
    end: np.ndarray
    later: np.ndarray
    tail: np.ndarray
    highest: np.ndarray
    least: np.ndarray


@dataclass(frozen=True, kw_only=True)
class SimulatedRuns:
    """All of S seeds at all of L rates from one kind of start, row r = s * L + l.

    Attributes:
        descent: the runs over 2T steps.
        steps: the number T of steps that a detector is shown.
        rates: the grid of learning rates, rising, shape (L,).
        gradient: norm of the gradient over all samples at each seed's start, shape (S,).
        first: norm of that gradient in the first layer's weights, which gradients reach last, shape (S,); in all
            weights where there are no layers.
        equal: whether all of a seed's weights begin equal, shape (S,).
    """

    descent: DescentResult
    steps: int
    rates: np.ndarray
    gradient: np.ndarray
    first: np.ndarray
    equal: np.ndarray

    @property
    def grid(self) -> int:
        """Number of learning rates."""
        return len(self.rates)

    @property
    def index(self) -> np.ndarray:
        """Each row's place in the grid, shape (R,)."""
        return np.tile(np.arange(self.grid), len(self.gradient))

    def shown(self) -> dict[str, np.ndarray]:
        """The curves of the first T steps, as the monitor recorded them; nothing of the test part."""
        found = {}
        for name, series in self.descent.series.items():
            last = self.steps - 1 if name == "update_ratio" else self.steps
            if not name.startswith("test"):
                found[name] = series.values[series.steps <= last].numpy()
        return found

    def losses(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps (K,) and training losses (K, R) over all samples; infinite where a loss is not a number."""
        series = self.descent.series[objective(self.descent)]
        values = series.values.numpy().astype(np.float64)
        return series.steps.numpy(), np.where(np.isfinite(values), values, np.inf)

    def heights(self, good: "SimulatedRuns") -> Heights:
        """Heights above the lowest loss that a seed reaches in this or in the ``good`` runs, which give the unit."""
        at, values = self.losses()
        lowest = np.minimum(_lowest(self), _lowest(good)).repeat(self.grid)
        top = good.losses()[1][0].reshape(-1, good.grid)[:, 0].repeat(self.grid)
        with np.errstate(invalid="ignore", divide="ignore"):
            height = (values - lowest) / (top - lowest)
        tail = height[(at >= 0.75 * self.steps) & (at <= self.steps)]
        end = height[np.searchsorted(at, self.steps)]
        return Heights(height[0], end, height[-1], tail.mean(0), tail.max(0), tail.min(0))

    def tuned(self) -> int:
        """Place of the rate whose median height after T steps is lowest."""
        ends = self.heights(self).end.reshape(-1, self.grid)
        return int(np.median(ends, axis=0).argmin())

    def generalization(self) -> tuple[np.ndarray, np.ndarray]:
        """Test loss after T steps over its lowest so far, and the training loss over what it was then; each (R,)."""
        series = self.descent.series.get("test_loss")
        if series is None:
            return np.ones(len(self.index)), np.ones(len(self.index))
        shown = series.steps.numpy() <= self.steps
        test = series.values.numpy().astype(np.float64)[shown]
        train = self.losses()[1][: len(test)]
        best = np.where(np.isfinite(test), test, np.inf).argmin(axis=0)
        rows = np.arange(test.shape[1])
        with np.errstate(invalid="ignore", divide="ignore"):
            return test[-1] / test[best, rows], train[-1] / train[best, rows]


def _lowest(runs: SimulatedRuns) -> np.ndarray:
    """Lowest training loss of each seed at any rate and any time, shape (S,)."""
    found: np.ndarray = runs.losses()[1].min(axis=0).reshape(-1, runs.grid).min(axis=1)
    return found


def simulate(cell: Cell, start: Start, drawn: Sequence[Seed], rates: np.ndarray) -> SimulatedRuns:
    """Run the seeds ``drawn`` from ``start`` at all ``rates`` for twice the cell's steps."""
    problem = WithTestMetrics(inner=cell.problem) if isinstance(cell.problem, LearningTask) else cell.problem
    longer = replace(
        cell, problem=problem, start=start, steps=2 * cell.steps, evaluate_every=max(1, cell.steps // EVALUATIONS)
    )
    theta = start.draw(problem, drawn)
    slope = problem.gradient(theta)[1]
    reached = cell.problem.layers[0].stop if isinstance(cell.problem, LearningTask) else problem.dimension
    return SimulatedRuns(
        descent=descend_from(longer, drawn, rates),
        steps=cell.steps // max(1, cell.steps // EVALUATIONS) * max(1, cell.steps // EVALUATIONS),
        rates=rates,
        gradient=torch.linalg.vector_norm(slope, dim=1).numpy(),
        first=torch.linalg.vector_norm(slope[:, :reached], dim=1).numpy(),
        equal=(theta == theta[:, :1]).all(dim=1).numpy(),
    )
