"""Tables of landscapes: one row per landscape, and the curve of a landscape with one coordinate."""

from collections.abc import Sequence

import pandas as pd
import torch

from src.core.result import Result
from src.problems.landscape import Landscape
from src.statistics.intervals import wilson
from src.studies.geometry.convexity import TESTS, is_convex, pooled

SECTION = ("x", "value", "chord")  # chord: height of the straight line between two points; NaN beyond them
LANDSCAPES = (
    "problem",
    "dimension",
    "convex",  # by all three tests; empty where the tests disagree
    "known_convex",  # by mathematics
    "agree",  # whether all three tests agree with each other and with mathematics
    *(f"{test}{end}" for test in TESTS for end in ("", "_low", "_high")),  # shares with 95 % intervals
    "global_minima",
    "valleys",  # global minima that are whole curves of points
    "local_minima",  # inside the box, not global
    "edge_minima",  # on the edge of the box, not global
    "stationary_not_global",  # points of zero gradient that were found and are not global minima
    "lowest_value",
    "known_minimum",
)
_POINTS = 401
_CURVE = 0.1  # of the box's side: a longer set of joined minima is a curve, not a point


def section_table(problem: Landscape, chord: Sequence[float]) -> pd.DataFrame:
    """A one-dimensional landscape over its box, with a chord between two points; columns ``SECTION``."""
    low, high = (float(edge) for edge in problem.box())
    x = torch.linspace(low, high, _POINTS, dtype=problem.dtype)
    left, right = max(chord[0], low), min(chord[1], high)
    start, end = problem.value(torch.tensor([[left], [right]], dtype=problem.dtype)).tolist()
    line = start + (x - left) / (right - left) * (end - start)
    line = torch.where((x >= left - 1e-9) & (x <= right + 1e-9), line, torch.nan)
    return pd.DataFrame({"x": x, "value": problem.value(x[:, None]), "chord": line})[list(SECTION)]


def landscapes_table(cells: Sequence[Result]) -> pd.DataFrame:
    """One row per landscape, the convex ones first; columns ``LANDSCAPES``."""
    rows = [_row(cell) for cell in cells if "convexity" in cell.tables]
    table = pd.DataFrame(rows, columns=list(LANDSCAPES))
    return table.sort_values(["known_convex", "dimension"], ascending=[False, True], kind="stable", ignore_index=True)


def _row(cell: Result) -> dict[str, object]:
    convexity, minima = cell.tables["convexity"], cell.tables["minima"]
    shares = pooled(convexity)
    verdicts = is_convex(shares)
    known = bool(cell.about["known_convex"])
    row: dict[str, object] = {
        "problem": cell.about["problem"],
        "dimension": cell.about["dimension"],
        "convex": bool(verdicts[0]) if len(set(verdicts.tolist())) == 1 else None,
        "known_convex": known,
        "agree": bool((verdicts == known).all()),
    }
    for test, share in shares.items():
        estimate = wilson(share, int(convexity["pairs"].sum()))
        row |= {test: estimate.value, f"{test}_low": estimate.low, f"{test}_high": estimate.high}
    local = minima[minima["level"] == "local"]
    stationary = cell.tables["stationary"]
    return row | {
        "global_minima": int((minima["level"] == "global").sum()),
        "valleys": int(((minima["level"] == "global") & (minima["extent"] > _CURVE)).sum()),
        "local_minima": int((local["place"] == "interior").sum()),
        "edge_minima": int((local["place"] == "edge").sum()),
        "stationary_not_global": int(stationary["not_global"].sum()) if len(stationary) else 0,
        "lowest_value": float(minima["value"].min()),
        "known_minimum": cell.about["minimum"],
    }
