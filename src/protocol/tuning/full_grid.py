"""One method at every learning rate of a grid, on tuning and test seeds, for studies that compare whole grids.

A step of many rows costs little more than a step of few, so both splits descend together; they share no number.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from src.core.streams import seeds
from src.engine.descend import DescentResult, Series
from src.protocol.study import Cell
from src.protocol.tuning.grid import best_candidate
from src.protocol.tuning.tune import descend_from
from src.tables.rate_table import effort, rates_table
from src.tables.run_tables import summary_table


@dataclass(frozen=True)
class GridRun:
    """Result of every seed at every learning rate.

    Attributes:
        rates: learning rates of the grid, ascending, shape (L,).
        best: index of the learning rate whose median score over the tuning seeds is lowest.
        table: the ``rates`` table.
        tuning: ``summary`` rows of the tuning seeds.
        test: ``summary`` rows of the test seeds.
        descent: descent of the test replicates, R = S * L.
    """

    rates: np.ndarray
    best: int
    table: pd.DataFrame
    tuning: pd.DataFrame
    test: pd.DataFrame
    descent: DescentResult

    @property
    def at_edge(self) -> bool:
        """Whether the best learning rate is the lowest or the highest of the grid."""
        return self.best in (0, len(self.rates) - 1)

    def chosen(self) -> DescentResult:
        """The test replicates at the best learning rate, one per seed."""
        return rows_of(self.descent, slice(self.best, None, len(self.rates)))


def run_grid(cell: Cell, zero: float) -> GridRun:
    """Run all tuning and test seeds at all learning rates of the grid, which is not widened.

    Args:
        cell: cell of the grid to run.
        zero: scores at or below this value are equal.
    """
    rates = cell.tuning.grid()
    drawn = [*seeds(cell.tuning.seeds, "tuning", cell.root_seed), *seeds(cell.seeds, "test", cell.root_seed)]
    both = descend_from(cell, drawn, rates)
    border = cell.tuning.seeds * len(rates)
    watched = cell.stopping.watched(cell.problem.tuning_metric)
    descent = rows_of(both, slice(border, None))
    tuning = summary_table(cell.problem, rows_of(both, slice(border)), "tuning", rates, watched, cell.steps)
    test = summary_table(cell.problem, descent, "test", rates, watched, cell.steps)
    table = rates_table(tuning)
    best = best_candidate(table["median"].clip(lower=zero).to_numpy(), effort(tuning).to_numpy())
    table["chosen"] = np.arange(len(table)) == best
    return GridRun(rates, best, table, tuning, test, descent)


def rows_of(descent: DescentResult, rows: slice) -> DescentResult:
    """The descent of some replicates, as views without copies."""
    series = {name: Series(one.steps, one.values[:, rows]) for name, one in descent.series.items()}
    return DescentResult(
        theta=descent.theta[rows],
        status=descent.status[rows],
        taken=descent.taken[rows],
        stopped_step=descent.stopped_step[rows],
        series=series,
        path=descent.path,
    )
