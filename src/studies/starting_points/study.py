"""Do starting points matter, and does it help to spread them evenly?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor

from src.core.checks import check_count, field_error
from src.core.result import Result, Tables
from src.core.start import Start
from src.core.streams import seeds
from src.problems.landscape import Landscape
from src.protocol.claims import Claim, check_kinds
from src.protocol.study import Cell, Study
from src.starts.design import Design
from src.starts.grid import Grid
from src.studies.starting_points.attraction import Atlas, atlas, descend_to_rest, watched_summary
from src.studies.starting_points.claims import KINDS, verdicts
from src.studies.starting_points.designs import answer_tables, coverage_table, designs_table
from src.tables.concat_tables import concat_tables
from src.tables.end_metrics import end_metrics
from src.tables.planar_tables import contours_table
from src.tables.quantiles import quantiles

NOT_COUNTED = "descents go on until they are at rest, and their steps are not counted"
STOPPING = ("stopped_rate", "stopped_step", "steps_saved", "best_step", "stopping_cost")
MAPPED = 0  # number of the design that the map draws


@dataclass(frozen=True, kw_only=True)
class StartingPoints(Study):
    """Study whose cell is one start on one landscape; each test seed is a design of several points.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        how_to_read: how to read the answer.
        points: points of a design; of a start that lays out more points together, the first ones are taken.
        claims: claims by name, as ``claims.verdicts`` settles them.
    """

    name: str
    question: str
    how_to_read: str
    points: int
    claims: dict[str, Claim]

    def __post_init__(self) -> None:
        check_count(self, "points", at_least=2)
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Result:
        """Lay out the designs, measure their coverage of the box, and descend from every point to rest."""
        problem = cell.problem
        if not isinstance(problem, Landscape) or problem.dimension != 2:
            raise field_error(self, "problem", type(problem).__name__, "a landscape in two dimensions")
        lower, upper = (edge.numpy() for edge in problem.box())
        known = atlas(cell, lower, upper)
        start = self.lay_out(cell)
        ends, values = descend_to_rest(cell, start, known.learning_rate)
        table = self._starts(start, ends, values, known, upper - lower)
        unit = (start.numpy() - lower) / (upper - lower)
        best = np.isin(table["minimum"], np.flatnonzero(known.best))
        tables: Tables = {
            "designs": designs_table(table.assign(best=best), unit, len(known.minima)),
            "starts": table,
            "basins": _basins(known),
            "summary": watched_summary(cell, start[:: self.points], known.learning_rate),
            "contours": contours_table(problem, *problem.box()),
        }
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "points": self.points,
            "steps": cell.steps,
            "best_learning_rate": known.learning_rate,
            "minima": len(known.minima),
            "expected_minima": known.expected_minima(self.points),
            "expected_global": known.chance_of_global(self.points),
            "minimum": problem.minimum.value if problem.minimum else None,
            "target": problem.target,
        }
        metrics = _metrics(tables["designs"], values.numpy(), known.learning_rate, float(best.mean()))
        # A stopping rule watches the first steps of one descent per design; all others run until they are at rest.
        stopping, missing = end_metrics(tables["summary"], known.learning_rate, None)
        metrics |= {name: stopping[name] for name in STOPPING if name in stopping}
        missing = {name: reason for name, reason in missing.items() if name in STOPPING}
        missing["steps_to_target"] = NOT_COUNTED
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def lay_out(self, cell: Cell) -> Tensor:
        """Draw ``points`` points per test seed, one design after the other, shape (seeds * points, D)."""
        together = _points_of(cell.start, cell.problem.dimension) or self.points
        if together < self.points:
            name = cell.names.get("start", type(cell.start).__name__)
            raise field_error(self, "points", self.points, f"at most {together}, as many as {name} lays out")
        drawn = cell.start.draw(cell.problem, seeds(cell.seeds * together, "test", cell.root_seed))
        return drawn.reshape(cell.seeds, together, -1)[:, : self.points].flatten(0, 1)

    def _starts(self, start: Tensor, ends: Tensor, values: Tensor, known: Atlas, sides: np.ndarray) -> pd.DataFrame:
        """One row per starting point: its place, its end, and the minimum there (-1: none of the box's)."""
        design, point = np.divmod(np.arange(len(start)), self.points)
        columns = {"design": design, "point": point}
        for name, place in (("", start), ("end_", ends)):
            columns |= {f"{name}x": place[:, 0].numpy(), f"{name}y": place[:, 1].numpy()}
        return pd.DataFrame(columns | {"value": values.numpy(), "minimum": known.index_of(ends.numpy(), sides)})

    def gather(self, cells: Sequence[Result]) -> Result:
        """Coverage of each start on each landscape with intervals and theory, one design of each, and verdicts."""
        tables: Tables = {"coverage": coverage_table(cells)}
        for name in ("starts", "basins", "contours"):
            tables[name] = concat_tables(cells, name, ("problem", "start"))
        tables["starts"] = tables["starts"].query(f"design == {MAPPED}")
        place = ["problem", "x", "y"]  # the landscape and its minima are the same for every start
        tables |= {name: tables[name].drop_duplicates(place).drop(columns="start") for name in ("basins", "contours")}
        tables["verdicts"], missing = verdicts(self.claims, cells)
        first = cells[0].about
        about = {"study": self.name, **{key: first[key] for key in ("profile", "seeds", "points")}}
        return Result(tables=tables, metrics={}, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Mean number of minima that a design of each start finds, on the landscape with the most minima."""
        coverage = gathered.tables["coverage"]
        widest = coverage[coverage["known_minima"] == coverage["known_minima"].max()]
        rows: list[tuple[object, ...]] = []
        for row in widest.sort_values("minima", ascending=False).to_dict("records")[:4]:
            ends = (row["minima"], row["minima_low"], row["minima_high"])
            rows.append(("minima_found", *ends, "minima", f"{row['problem']}, {row['start']}"))
        return rows

    def answer(self, gathered: Result) -> Tables:
        """Minima found by each start, and the verdicts."""
        return answer_tables(self.question, gathered.tables)


def _points_of(start: Start, dimension: int) -> int | None:
    """Number of points that ``start`` lays out together; None where its points are independent."""
    if isinstance(start, Design):
        return start.points
    return start.per_side**dimension if isinstance(start, Grid) else None


def _basins(known: Atlas) -> pd.DataFrame:
    """One row per minimum, the lowest first, with the share of the box that descends to it."""
    x, y = known.minima.reshape(-1, 2).T
    return pd.DataFrame({"x": x, "y": y, "value": known.values, "area": known.areas, "global": known.best})


def _metrics(designs: pd.DataFrame, values: np.ndarray, learning_rate: float, success: float) -> dict[str, float]:
    """Finite end metrics over all starting points (losses, success) and over the designs."""
    low, middle, high = quantiles(values)
    found = {
        "final_loss": middle,
        "final_loss_q25": low,
        "final_loss_q75": high,
        "best_learning_rate": learning_rate,
        "success_rate": success,
        "diverged_rate": float((~np.isfinite(values)).mean()),
        "discrepancy": designs["discrepancy"].mean(),
        "largest_hole": designs["largest_hole"].mean(),
        "minima_found": designs["minima"].mean(),
        "global_found_rate": designs["found_global"].mean(),
        "lost_rate": designs["lost"].mean(),
    }
    return {name: float(value) for name, value in found.items() if np.isfinite(value)}
