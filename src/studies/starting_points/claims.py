"""Parts of claim C13, settled from the designs of uniform points and of Latin hypercubes."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.result import Result
from src.protocol.claims import Claim, RunsMissing, settle_each
from src.statistics.effects import paired_difference, paired_log_ratio
from src.statistics.intervals import Estimate, bootstrap, mean

KINDS = ("matter", "discrepancy", "hole", "basins", "global")
RANDOM, EVEN = "uniform", "latin_hypercube"


def verdicts(claims: Mapping[str, Claim], cells: Sequence[Result]) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ``verdicts`` table, one row per claim and landscape; and for each other claim the runs that it needs.

    A claim of finding more is blocked where uniform points leave too little to be found.

    Claims: ``C13.matter`` (share of single uniform starts that miss the global minimum); Latin hypercube against
    uniform points by ``C13.discrepancy`` and ``C13.hole`` (log10 of the ratio, which does not depend on the
    landscape), ``C13.basins`` (difference of the minima found) and ``C13.global`` (difference of the shares of
    designs that find a global minimum).
    """

    def settle(name: str, claim: Claim) -> Iterator[dict[str, object]]:
        kind = name.rpartition(".")[2]
        found = list(_estimates(kind, cells))
        if not found:
            starts = RANDOM if kind == "matter" else f"{RANDOM},{EVEN}"
            raise RunsMissing(f"needs runs of start={starts} on one problem")
        for settings, estimate, room in found:
            blocked = "" if room > claim.smallest_effect else f"uniform points leave {room:.2g} to be found"
            yield claim.settle(name, estimate, settings, blocked)

    return settle_each(claims, settle)


def _estimates(kind: str, cells: Sequence[Result]) -> Iterator[tuple[str, Estimate, float]]:
    """Settings, estimate, and the largest effect that is possible there."""
    most = {(cell.about["problem"], "minima"): float(cell.about["minima"]) for cell in cells}
    tables = {(cell.about["problem"], cell.about["start"]): cell.tables["designs"] for cell in cells}
    problems = [problem for problem, start in tables if start == RANDOM]
    if kind == "matter":
        for problem in problems:
            yield problem, bootstrap(tables[problem, RANDOM]["missed"].to_numpy(np.float64), mean), np.inf
        return
    both = [problem for problem in problems if (problem, EVEN) in tables]
    column = {"discrepancy": "discrepancy", "hole": "largest_hole", "basins": "minima", "global": "found_global"}[
        kind
    ]
    ratio = kind in ("discrepancy", "hole")
    for problem in both[:1] if ratio else both:  # designs cover all boxes equally
        even, random = (tables[problem, start][column].to_numpy(np.float64) for start in (EVEN, RANDOM))
        if ratio:
            yield "any box", paired_log_ratio(even, random), np.inf
        else:
            room = most.get((problem, column), 1.0) - float(random.mean())
            yield problem, paired_difference(even, random, mean), room
