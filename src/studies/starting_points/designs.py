"""Tables of designs of starting points: coverage of the box and minima found, with intervals and theory."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.core.result import Result, Tables
from src.statistics.discrepancy import centred_discrepancy, largest_hole
from src.statistics.intervals import Estimate, bootstrap, mean, wilson

MEASURES = ("discrepancy", "largest_hole", "outside", "minima", "share_of_minima", "missed", "lost", "gap")


def designs_table(starts: pd.DataFrame, unit: np.ndarray, known: int) -> pd.DataFrame:
    """One row per design: its coverage of the box, and the minima that descents from its points find.

    Args:
        starts: one row per point: its ``design``, the ``minimum`` it ends at (-1: none of the box's), the ``value``
            there, and whether that minimum is global (``best``).
        unit: the points in units of the box, shape (points, 2).
        known: number of minima in the box.
    """
    rows = []
    for design, group in starts.groupby("design"):
        place = unit[group.index]
        inside = np.clip(place, 0, 1)  # a point outside the box covers at most the edge
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


def coverage_table(cells: Sequence[Result]) -> pd.DataFrame:
    """The ``coverage`` table: one row per landscape and start, means over the designs with 95 % intervals.

    Columns: ``MEASURES`` and ``found_global``, each with ``_low`` and ``_high``; ``known_minima``; and
    ``expected_minima``, ``expected_global``: means of independent uniform points, from the areas of the minima's
    basins. ``gap`` is the lowest value that a design reaches, less the landscape's minimum.
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
        row |= _columns("found_global", wilson(float(designs["found_global"].mean()), len(designs)))
        rows.append(row)
    return pd.DataFrame(rows)


def _columns(name: str, estimate: Estimate) -> dict[str, object]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), estimate, strict=True))


def answer_tables(question: str, tables: Tables) -> Tables:
    """The few columns that answer the question, and the verdicts."""
    wanted = ("problem", "start", "discrepancy", "largest_hole", "minima", "minima_low", "minima_high")
    ends = ("known_minima", "expected_minima", "found_global", "gap")
    columns = ["claim", "settings", "estimate", "low", "high", "verdict"]
    found = {
        f"{question} Means over the designs:": tables["coverage"][[*wanted, *ends]],
        "Claims:": tables["verdicts"][columns],
    }
    return {title: table for title, table in found.items() if len(table)}
