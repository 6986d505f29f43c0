"""Ways of laying out starting points compared: with intervals, with theory, and to settle claim C13."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from src.statistics.coverage import centred_discrepancy, largest_hole
from src.statistics.effects import paired_difference, paired_log_ratio
from src.statistics.intervals import Estimate, bootstrap, mean, proportion
from src.studies.claims import Claim
from src.studies.study import Measured, Tables

MEASURES = ("discrepancy", "largest_hole", "outside", "minima", "share_of_minima", "missed", "lost", "gap")
KINDS = ("matter", "discrepancy", "hole", "basins", "global")
RANDOM, EVEN = "uniform", "latin_hypercube"


def designs_table(starts: pd.DataFrame, unit: np.ndarray, known: int) -> pd.DataFrame:
    """One row a design: how it covers the box, and what descents from it find.

    Args:
        starts: one row a point: its ``design``, the ``minimum`` it ends at (-1: none of the box's), the ``value``
            there, and whether that is a global one (``best``).
        unit: the points in units of the box, shape (points, 2).
        known: minima in the box.
    """
    rows = []
    for design, group in starts.groupby("design"):
        place = unit[group.index]
        inside = np.clip(place, 0, 1)  # a point beyond the box covers its edge at most
        found = group.loc[group["minimum"] >= 0, "minimum"].nunique()
        rows.append(
            {
                "design": design,
                "discrepancy": centred_discrepancy(inside),
                "largest_hole": largest_hole(inside),
                "outside": (place != inside).any(axis=1).mean(),
                "minima": found,
                "share_of_minima": found / max(1, known),
                "found_global": float(group["best"].any()),
                "missed": 1 - group["best"].mean(),
                "lost": (group["minimum"] < 0).mean(),
                "best_value": group["value"].min(),
            }
        )
    return pd.DataFrame(rows)


def compared(cells: Sequence[Measured]) -> pd.DataFrame:
    """The ``coverage`` table: one row a landscape and way of starting, means over the designs with 95 % intervals.

    Columns: ``MEASURES`` and ``found_global``, each with ``_low`` and ``_high``; ``known_minima``; and
    ``expected_minima``, ``expected_global``: what independent uniform points find on average, by the areas of the
    minima's basins. ``gap`` is the lowest value that a design reaches above the landscape's minimum.
    """
    rows = []
    for cell in cells:
        designs, about = cell.tables["designs"], cell.about
        row: dict[str, object] = {key: about[key] for key in ("problem", "start", "seeds", "points")}
        row["known_minima"] = about["minima"]
        row |= {key: about[key] for key in ("expected_minima", "expected_global")}
        lowest = cell.tables["basins"]["value"].min() if about["minimum"] is None else about["minimum"]
        designs = designs.assign(gap=designs["best_value"] - lowest)
        for name in MEASURES:
            row |= _columns(name, bootstrap(designs[name].to_numpy(np.float64), mean))
        row |= _columns("found_global", proportion(float(designs["found_global"].mean()), len(designs)))
        rows.append(row)
    return pd.DataFrame(rows)


def _columns(name: str, estimate: Estimate) -> dict[str, object]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), estimate, strict=True))


def settled(claims: Mapping[str, Claim], cells: Sequence[Measured]) -> list[dict[str, object]]:
    """One row of the ``verdicts`` table for each claim and landscape on which it was measured.

    A claim of finding more is blocked where random points leave too little to be found.

    Claims: ``C13.matter`` (share of single uniform starts that miss the global minimum); Latin hypercube against
    uniform points by ``C13.discrepancy`` and ``C13.hole`` (log10 of the ratio, which no landscape enters),
    ``C13.basins`` (difference of the minima found) and ``C13.global`` (of the share of designs that find a global
    one).
    """
    rows = []
    for name, claim in claims.items():
        for settings, estimate, room in _estimates(name.rpartition(".")[2], cells):
            blocked = "" if room > claim.smallest_effect else f"uniform points leave {room:.2g} to be found"
            rows.append(claim.settle(name, estimate, settings, blocked))
    return rows


def _estimates(kind: str, cells: Sequence[Measured]) -> Iterator[tuple[str, Estimate, float]]:
    """Settings, estimate, and the largest effect that there could be."""
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
    for problem in both[:1] if ratio else both:  # designs cover every box alike
        even, random = (tables[problem, start][column].to_numpy(np.float64) for start in (EVEN, RANDOM))
        if ratio:
            yield "any box", paired_log_ratio(even, random), np.inf
        else:
            room = most.get((problem, column), 1.0) - float(random.mean())
            yield problem, paired_difference(even, random, mean), room


def answer_tables(question: str, tables: Tables) -> Tables:
    """The few columns that answer the question, and the verdicts."""
    wanted = ("problem", "start", "discrepancy", "largest_hole", "minima", "minima_low", "minima_high")
    ends = ("known_minima", "expected_minima", "found_global", "gap")
    columns = ["claim", "settings", "estimate", "low", "high", "verdict"]
    return {
        f"{question} Means over the designs:": tables["coverage"][[*wanted, *ends]],
        "Claims:": tables["verdicts"][columns],
    }
