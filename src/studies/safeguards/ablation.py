"""Differences of robustness between methods on the same problems and seeds, and what each part adds to the chain."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.result import Result
from src.statistics.intervals import Array, bootstrap, mean
from src.statistics.strata import stratified_mean
from src.studies.safeguards.compared_methods import ComparedMethods
from src.studies.safeguards.runs import ALL, seed_means

ABLATION = ("part", "compared", "problem", "difference", "low", "high")
Cells = Mapping[tuple[str, str], Result]  # by problem and method


def by_problem_and_method(cells: Sequence[Result]) -> tuple[Cells, list[str]]:
    """The cells by their problem and method, and the problems in their order."""
    found = {(str(cell.about["problem"]), str(cell.about["method"])): cell for cell in cells}
    return found, list(dict.fromkeys(problem for problem, _ in found))


def share_gaps(
    cells: Cells, problems: Sequence[str], these: Sequence[str], those: Sequence[str], column: str = "success"
) -> dict[str, Array]:
    """By problem, each seed's share of the grid with ``these`` methods (their mean) less that with ``those``."""
    found = {}
    for problem in problems:
        if all((problem, name) in cells for name in (*these, *those)):
            left, right = (
                np.mean([seed_means(cells[problem, name].tables["summary"], column) for name in names], axis=0)
                for names in (these, those)
            )
            found[problem] = left - right
    return found


def ablation_table(cells: Sequence[Result], roles: ComparedMethods) -> pd.DataFrame:
    """Robustness of the chain less that of the chain without a part; columns ``ABLATION``."""
    found, problems = by_problem_and_method(cells)
    rows = []
    for part, other in roles.without.items():
        gaps = share_gaps(found, problems, [roles.chain], [other])
        for problem, gap in gaps.items():
            rows.append((part, other, problem, *bootstrap(gap, mean)))
        if len(gaps) > 1:
            rows.append((part, other, ALL, *stratified_mean(list(gaps.values()))))
    return pd.DataFrame(rows, columns=list(ABLATION))
