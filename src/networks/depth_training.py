"""Training of one initialization at one depth: the learning rate tuned, then the test seeds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch

from src.core.status import Status
from src.engine.descend import DescentResult
from src.networks.signals import deepened
from src.problems.mlp import Mlp
from src.protocol.study import Cell
from src.protocol.tuning.tune import TuningResult, descend, tune
from src.statistics.intervals import bootstrap


@dataclass(frozen=True)
class Training:
    """Result of training at one depth.

    Attributes:
        network: the network of this depth.
        learning_rate: learning rate of the test seeds.
        tuned: result of tuning; None where the learning rate was given.
        descent: descents of the test seeds.
        test: rows of ``summary`` of the test seeds.
    """

    network: Mlp
    learning_rate: float
    tuned: TuningResult | None
    descent: DescentResult
    test: pd.DataFrame

    @property
    def depth(self) -> int:
        """Number of hidden layers."""
        return len(self.network.widths) - 2

    @property
    def summary(self) -> pd.DataFrame:
        """Rows of ``summary`` of the tuning and test replicates, with their ``depth``."""
        rows = [self.tuned.summary, self.test] if self.tuned else [self.test]
        return pd.concat(rows, ignore_index=True).assign(depth=self.depth)

    def accuracy(self) -> dict[str, object]:
        """Accuracy on the test part: median over the test seeds, its 95 % interval and the quartiles.

        A network that diverged gives no answer, and its accuracy counts as 0.
        """
        column = "final_test_accuracy"
        diverged = self.test["status"] == Status.DIVERGED.label
        values = self.test[column].where(~diverged, 0.0).fillna(0.0).to_numpy(np.float64)
        estimate = bootstrap(values)
        low, high = np.quantile(values, (0.25, 0.75))
        return {
            "depth": self.depth,
            "best_learning_rate": self.learning_rate,
            "learning_rate_at_edge": bool(self.tuned and self.tuned.at_edge),
            "diverged_rate": float(diverged.mean()),
            "accuracy": estimate.value,
            "accuracy_low": estimate.low,
            "accuracy_high": estimate.high,
            "accuracy_q25": float(low),
            "accuracy_q75": float(high),
        }


def train(cell: Cell, depth: int, paths: int) -> Training:
    """Train the cell's network with ``depth`` hidden layers; parameters of the first ``paths`` seeds are kept."""
    deep = replace(cell, problem=deepened(cell.problem, depth))
    with without_denormals():
        tuned = tune(deep, -np.inf) if cell.learning_rate is None else None
        learning_rate = tuned.learning_rate if tuned else float(cell.learning_rate or 0)
        descent, test = descend(deep, "test", np.array([learning_rate]), cell.seeds, paths)
    return Training(deepened(cell.problem, depth), learning_rate, tuned, descent, test)


@contextmanager
def without_denormals() -> Iterator[None]:
    """Round numbers below float32's normal range to 0 meanwhile: arithmetic on them is many times as slow."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
