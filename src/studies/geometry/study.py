"""What do the landscapes look like, which of them are convex, and how do distances and symmetries shape them?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from src.core.checks import check_count, field_error
from src.core.result import Result, Tables
from src.core.streams import seeds
from src.problems.landscape import Landscape
from src.problems.linear_regression import LinearRegression
from src.problems.mlp import Mlp
from src.problems.relu_valley import ReluValley
from src.protocol.claims import Claim
from src.protocol.study import Cell, Study
from src.protocol.tuning.tune import descend
from src.statistics.intervals import bootstrap, wilson
from src.studies.geometry.answer import answers
from src.studies.geometry.claims import CLAIMS, exponents_table, verdicts
from src.studies.geometry.convexity import convexity_table, is_convex, pooled, uniqueness_table
from src.studies.geometry.distances import concentration_table, distances_table
from src.studies.geometry.minima import minima_table
from src.studies.geometry.permutations import log10_equivalent, permutation_tables
from src.studies.geometry.scale_symmetry import scale_table
from src.studies.geometry.stationary import stationary_table
from src.studies.geometry.surfaces import landscapes_table, section_table
from src.tables.concat_tables import concat_tables
from src.tables.end_metrics import end_metrics
from src.tables.planar_tables import contours_table
from src.tables.run_tables import curves_table

_SIDE = 121  # points per side of a drawn landscape
_TRIED = 1001  # points at which functions with many minima are evaluated
_GATHERED = (
    "minima", "stationary", "convexity", "contours", "section", "scale",
    "distances", "concentration", "exponents", "permutations", "line", "summary",
)  # fmt: skip
_UNTRAINED = (
    "final_loss", "best_learning_rate", "success_rate", "steps_to_target", "diverged_rate",
    "stopped_rate", "stopped_step", "steps_saved", "stopping_cost",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Geometry(Study):
    """Study of landscapes; the kind of problem decides the measurement of a cell.

    A landscape: its shape, minima and convexity, and for the relu valley its scale symmetry. Linear regression, whose
    features are standard-normal points: distances between as many points, dimension by dimension. A multi-layer
    perceptron, trained at the cell's learning rate: changes by permuting its hidden units.

    Attributes:
        name: name of the study, as in ``+study=NAME``.
        question: question of the study, in one sentence.
        how_to_read: how to read the answer.
        convex: names of the problems that are known to be convex.
        pairs: pairs of points per seed for the tests of convexity.
        starts: scattered starts of the descents to minima; the search for zero gradients has eight times as many.
        chord: both ends of the chord drawn on one-dimensional landscapes.
        dimensions: ascending numbers of coordinates in which distances are measured, at least two.
        permutations: random permutations per seed's network.
        line_points: points on the straight line between a network and its permuted self, at least 3.
        claims: claims by name.
    """

    name: str
    question: str
    how_to_read: str
    convex: Sequence[str]
    pairs: int
    starts: int
    chord: Sequence[float]
    dimensions: Sequence[int]
    permutations: int
    line_points: int
    claims: Mapping[str, Claim]

    def __post_init__(self) -> None:
        for field in ("pairs", "starts", "permutations"):
            check_count(self, field)
        check_count(self, "line_points", at_least=3)
        if len(self.chord) != 2 or not self.chord[0] < self.chord[1]:
            raise field_error(self, "chord", self.chord, "two ascending numbers")
        ascending = all(low < high for low, high in zip(self.dimensions, self.dimensions[1:], strict=False))
        if len(self.dimensions) < 2 or min(self.dimensions) < 1 or not ascending:
            raise field_error(self, "dimensions", self.dimensions, "at least two ascending whole numbers above 0")
        unknown = [name for name in self.claims if name not in CLAIMS]
        if unknown:
            raise field_error(self, "claims", unknown[0], "one of " + ", ".join(CLAIMS))

    def measure(self, cell: Cell) -> Result:
        """Measure the cell's problem, by its kind.

        Raises:
            FieldError: the problem is of another kind.
        """
        problem = cell.problem
        if isinstance(problem, Landscape):
            measured = self._landscape(cell, problem)
        elif isinstance(problem, LinearRegression):
            measured = self._distances(cell, problem)
        elif isinstance(problem, Mlp):
            measured = self._permutations(cell, problem)
        else:
            kinds = "a landscape, linear regression or a multi-layer perceptron"
            raise field_error("geometry", "problem", cell.names["problem"], kinds)
        about = {**cell.names, "study": self.name, "seeds": cell.seeds, "steps": cell.steps, **measured.about}
        return replace(measured, about=about)

    def _landscape(self, cell: Cell, problem: Landscape) -> Result:
        lower, upper = problem.box()
        drawn = seeds(cell.seeds, "test", cell.root_seed)
        minima = minima_table(problem, self.starts)
        stationary = stationary_table(problem, 8 * self.starts, float(minima["value"].min()))
        convexity = convexity_table(problem.value, lower, upper, drawn, self.pairs)
        tables: Tables = {"minima": minima, "stationary": stationary, "convexity": convexity}
        tables["summary"] = convexity.assign(split="test")  # one row per seed and its draw of points
        if problem.dimension == 1:
            tables["section"] = section_table(problem, self.chord)
        if problem.dimension == 2:
            tables["contours"] = contours_table(problem, lower, upper, _SIDE)
        if isinstance(problem, ReluValley):
            tables["scale"] = scale_table(problem)
        shares = pooled(convexity)
        known = problem.minimum
        metrics = {
            **shares,
            "convex": float(is_convex(shares).all()),
            "global_minima": float((minima["level"] == "global").sum()),
            "local_minima": float((minima["level"] == "local").sum()),
            "stationary_not_global": float(stationary["not_global"].sum()),
            "lowest_value": float(minima["value"].min()),
        }
        about = {
            "dimension": problem.dimension,
            "known_convex": cell.names["problem"] in self.convex,
            "minimum": known.value if known else None,
            "minimum_points": [list(point) for point in known.points] if known else None,
        }
        missing = dict.fromkeys(_UNTRAINED, "nothing is trained: the landscape itself is measured")
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def _distances(self, cell: Cell, problem: LinearRegression) -> Result:
        drawn = seeds(cell.seeds, "test", cell.root_seed)
        distances = distances_table(drawn, problem.size, self.dimensions)
        concentration, exponents = concentration_table(distances), exponents_table(distances)
        by_dimension = zip(concentration["dimension"].tolist(), concentration["spread"].tolist(), strict=True)
        metrics = {f"spread.{dimension}": spread for dimension, spread in by_dimension}
        metrics["exponent"] = float(exponents["exponent"].iloc[0])
        missing = dict.fromkeys(_UNTRAINED, "nothing is trained: distances between points are measured")
        tables = {"distances": distances, "concentration": concentration, "exponents": exponents}
        tables["summary"] = distances.assign(split="test")  # one row per seed's cloud and dimension
        return Result(tables=tables, metrics=metrics, missing=missing, about={"points": problem.size})

    def _permutations(self, cell: Cell, problem: Mlp) -> Result:
        if cell.learning_rate is None:
            raise field_error(
                "geometry",
                "learning_rate",
                cell.learning_rate,
                "a number above 0: the network is trained at one given rate",
            )
        descent, summary = descend(cell, "test", np.array([cell.learning_rate]), cell.seeds)
        drawn = seeds(cell.seeds, "test", cell.root_seed)
        found = permutation_tables(problem, descent.theta.cpu(), drawn, self.permutations, self.line_points)
        tables: Tables = {"summary": summary, "curves": curves_table(descent), **found}
        metrics, missing = end_metrics(summary, cell.learning_rate, problem.target)
        medians = found["permutations"][["barrier", "distance"]].median()
        metrics |= {
            "loss_change": float(found["permutations"]["loss_change"].max()),
            "barrier": float(medians["barrier"]),
            "distance": float(medians["distance"]),
            "log10_equivalent_minima": log10_equivalent(problem),
        }
        about = {"widths": list(problem.widths), "log10_equivalent": log10_equivalent(problem)}
        return Result(
            tables=tables, metrics=metrics, missing=missing, about=about | {"best_learning_rate": cell.learning_rate}
        )

    def gather(self, cells: Sequence[Result]) -> Result:
        """One row per landscape, the other cells' tables, the counterexample, and the verdicts."""
        tables: Tables = {name: concat_tables(cells, name) for name in _GATHERED}
        tables["landscapes"] = landscapes_table(cells)
        tables = {name: table for name, table in tables.items() if not table.empty}
        first = cells[0].about
        if "landscapes" in tables:
            tables["uniqueness"] = uniqueness_table(seeds(first["seeds"]), _TRIED)
        tables["verdicts"], missing = verdicts(self.claims, tables)
        about: dict[str, Any] = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"]}
        for key in ("points", "widths", "log10_equivalent"):
            about |= next(({key: cell.about[key]} for cell in cells if key in cell.about), {})
        about["minimum"] = {cell.about["problem"]: cell.about.get("minimum") for cell in cells}
        return Result(tables=tables, metrics={}, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """The exponent of distances, the landscapes whose tests agree, and the barrier between permuted minima."""
        tables = gathered.tables
        rows: list[tuple[object, ...]] = []
        if "exponents" in tables:
            first = tables["exponents"].iloc[0]
            about = f"spread of distances in the dimension; {first['fit']}"
            rows.append(("exponent_of_distances", first["exponent"], first["low"], first["high"], "1", about))
        if "landscapes" in tables:
            agree = tables["landscapes"]["agree"]
            share = wilson(float(agree.mean()), len(agree))
            about = f"three tests of convexity on {len(agree)} landscapes"
            rows.append(("share_of_landscapes_judged_right", *share, "share", about))
        if "permutations" in tables:
            barrier = bootstrap(tables["permutations"].groupby("seed")["barrier"].median().to_numpy())
            rows.append(("barrier_between_permuted_minima", *barrier, "nats", "a trained perceptron"))
        return rows

    def answer(self, gathered: Result) -> Tables:
        """The landscapes, the counterexample, the distances, the permutations, and the verdicts."""
        return answers(self.question, gathered)
