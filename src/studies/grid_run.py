"""One method on one grid of rates, tuning and test seeds side by side: where the whole grid is judged.

The steps of many rows cost little more than those of few, so both splits descend together; they share no number.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from src.core.streams import seeds
from src.engine.descend import Descent, Series
from src.studies.replicates import summary_table
from src.studies.study import Cell
from src.studies.tuned_run import descend_from, effort, rates_table
from src.studies.tuning import best_candidate


@dataclass(frozen=True)
class GridRun:
    """What came of every seed at every rate.

    Attributes:
        rates: the grid, ascending, shape (L,).
        best: index of the rate whose median score over the tuning seeds is lowest.
        table: the ``rates`` table.
        tuning, test: the ``summary`` rows of either split.
        descent: the test replicates, R = S * L.
    """

    rates: np.ndarray
    best: int
    table: pd.DataFrame
    tuning: pd.DataFrame
    test: pd.DataFrame
    descent: Descent

    @property
    def at_edge(self) -> bool:
        """Whether the best rate is the lowest or the highest of the grid."""
        return self.best in (0, len(self.rates) - 1)

    def chosen(self) -> Descent:
        """The test replicates at the best rate, one a seed."""
        return rows_of(self.descent, slice(self.best, None, len(self.rates)))


def run_grid(cell: Cell, zero: float) -> GridRun:
    """Run all tuning and test seeds at all rates of the grid, which is not widened.

    Args:
        cell: what to run.
        zero: scores at or below this are equal.
    """
    rates = cell.tuning.grid()
    drawn = [*seeds(cell.tuning.seeds, "tuning", cell.root), *seeds(cell.seeds, "test", cell.root)]
    both = descend_from(cell, drawn, rates)
    border = cell.tuning.seeds * len(rates)
    watched = cell.stopping.watched(cell.problem.criterion)
    descent = rows_of(both, slice(border, None))
    tuning = summary_table(cell.problem, rows_of(both, slice(border)), "tuning", rates, watched, cell.steps)
    test = summary_table(cell.problem, descent, "test", rates, watched, cell.steps)
    table = rates_table(tuning)
    best = best_candidate(table["median"].clip(lower=zero).to_numpy(), effort(tuning).to_numpy())
    table["chosen"] = np.arange(len(table)) == best
    return GridRun(rates, best, table, tuning, test, descent)


def rows_of(descent: Descent, rows: slice) -> Descent:
    """Some of the replicates; views, no copies."""
    series = {name: Series(one.steps, one.values[:, rows]) for name, one in descent.series.items()}
    return Descent(
        theta=descent.theta[rows],
        status=descent.status[rows],
        taken=descent.taken[rows],
        stopped_step=descent.stopped_step[rows],
        series=series,
        path=descent.path,
    )
