"""How does conditioning slow each method down, and what helps?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.streams import seeds
from src.engine.curvature import Spectrum, spectrum
from src.engine.descend import Descent
from src.problems.conditioned_quadratic import ConditionedQuadratic
from src.problems.landscape import Landscape
from src.problems.regression import Regression
from src.problems.uneven_regression import UnevenRegression
from src.studies.claims import Claim
from src.studies.conditioning_claims import settle_all
from src.studies.conditioning_tables import tables_of
from src.studies.decays import at_theory, decay_table
from src.studies.edges import edge_table
from src.studies.layer_gradients import layer_gradients_table
from src.studies.memory import numbers_per_parameter
from src.studies.metrics import end_metrics
from src.studies.oscillation import oscillation_table
from src.studies.plane import PATH_SEEDS, contours_table, paths_table
from src.studies.quadratic_theory import fastest, stability_edge
from src.studies.race import Raced, race
from src.studies.replicates import curves_table, objective
from src.studies.study import Cell, Measured, Study, Tables
from src.studies.tuned_run import descend

DENSE = 16  # up to this many parameters the whole spectrum is known, and whole paths are kept
BUDGETS = 5  # a measurement against theory takes at most this many times the problem's budget
EDGE_SEEDS = 10  # an edge hardly depends on the start
SHARPNESS_PRODUCTS = 20  # Hessian-vector products for a network's largest eigenvalue


@dataclass(frozen=True, kw_only=True)
class Conditioning(Study):
    """Tunes every method for the fewest steps to a target, over its rate and memory; measures what theory predicts.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        reading: how to read the answer.
        memories: values tried for a method's memory (beta; Adam's beta1).
        climb: in tuning, a run that rises above this many times its first loss does not count.
        patience: a tuned method is judged for this many times the steps that it took in tuning, at most the budget.
        families: problems that differ by their condition number alone, by name; in rising order.
        edge: settings of ``edge_table``.
        tail: settings of ``decay_table``, and ``scanned_up_to``, the largest condition number whose surroundings
            are scanned.
        gains: factors on a network's initial weights.
        early: share of the budget at which early progress is read.
        claims: rules of the verdicts.
    """

    name: str
    question: str
    reading: str
    memories: Sequence[float]
    climb: float
    patience: float
    families: dict[str, Sequence[str]]
    edge: dict[str, Any]
    tail: dict[str, Any]
    gains: Sequence[float]
    early: float
    claims: dict[str, Claim]

    def measure(self, cell: Cell) -> Measured:
        """Tune and judge one method on one problem, and measure what that problem is there for."""
        raced = race(cell, self.memories, self.climb)
        tuned = replace(cell, optimizer=raced.optimizer, steps=self._budget(cell, raced))
        dense = cell.problem.dimension <= DENSE
        descent, judged = descend(tuned, "test", np.array([raced.rate]), cell.seeds, cell.seeds if dense else 0)
        ends = _spectrum(tuned)
        tables: Tables = {
            "summary": pd.concat([raced.summary, judged.assign(memory=raced.memory)], ignore_index=True),
            "curves": curves_table(descent),
            "rates": raced.rates,
            "progress": self._progress(tuned, descent),
        }
        if dense:
            tables["oscillation"] = _oscillation(tuned, descent, judged, ends)
        if hasattr(cell.problem, "box") and cell.problem.dimension == 2:
            tables["paths"] = paths_table(replace(descent, path=descent.path[:, :PATH_SEEDS]))
            tables["contours"] = contours_table(cell.problem, *cell.problem.box())
        if isinstance(cell.problem, ConditionedQuadratic):
            tables |= self._against_theory(cell)
        if isinstance(cell.problem, UnevenRegression):
            tables["conditions"] = _conditions(cell, cell.problem)
        if cell.problem.is_learning:
            tables["layers"] = layer_gradients_table(cell, tuple(self.gains), cell.seeds)
        metrics, missing = end_metrics(judged, raced.rate, cell.problem.target)
        own, absent = _own_metrics(cell, raced, ends, tables)
        return Measured(
            tables=tables,
            metrics=metrics | own,
            missing=missing | absent,
            about=self._about(tuned, raced, metrics, ends),
        )

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Steps, exponents, theory beside measurement, and verdicts."""
        tables = tables_of(cells, self.families)
        tables["verdicts"] = settle_all(self.claims, cells, tables)
        first = cells[0].about
        about = {
            "study": self.name,
            "profile": first["profile"],
            "seeds": first["seeds"],
            "minimum": {cell.about["problem"]: cell.about["minimum"] for cell in cells},
            "target": {cell.about["problem"]: cell.about["target"] for cell in cells},
            "criterion": "loss",
        }
        return Measured(tables=tables, metrics={}, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """How steps grow with the condition number, and the verdicts."""
        exponents, verdicts = gathered.tables["condition_exponents"], gathered.tables["verdicts"]
        shown = ("claim", "says", "estimate", "low", "high", "verdict")
        return {
            "Exponent of the condition number in the steps to the target:": exponents,
            "Verdicts:": verdicts[list(shown)],
        }

    def _budget(self, cell: Cell, raced: Raced) -> int:
        """Steps that the tuned method is judged for."""
        chosen = raced.rates.loc[raced.rates["chosen"], "median"]
        wanted = self.patience * float(chosen.iloc[0]) if len(chosen) else np.inf
        return cell.steps if not np.isfinite(wanted) else int(min(cell.steps, max(wanted, 200)))

    def _progress(self, cell: Cell, descent: Descent) -> pd.DataFrame:
        """Each test seed's objective early and at the end: columns seed, step, early, end."""
        series = descent.series[objective(descent)]
        at = series.steps.numpy()
        place = int(np.searchsorted(at, round(self.early * cell.steps)))
        values = series.values.double().numpy()
        frame = {"seed": np.arange(cell.seeds), "step": at[place], "early": values[place], "end": values[-1]}
        return pd.DataFrame(frame)

    def _against_theory(self, cell: Cell) -> Tables:
        """Measured edges and decays of the methods that have a theory of them."""
        problem = cell.problem
        assert isinstance(problem, ConditionedQuadratic)
        tables: Tables = {}
        predicted = stability_edge(cell.optimizer, problem.condition)
        if predicted is not None:
            tables["edge"] = edge_table(
                replace(cell, seeds=min(cell.seeds, EDGE_SEEDS)),
                **self.edge | {"steps": min(self.edge["steps"], BUDGETS * cell.steps)},
            ).assign(predicted=predicted)
        best = fastest(cell.optimizer, 1.0, problem.condition)
        if best is not None and best.decay > 0:
            tail = dict(self.tail)
            if problem.condition > tail.pop("scanned_up_to") or problem.rotation_seed is not None:
                tail |= {"rate_factors": (1.0,), "memory_factors": (1.0,)}
            tail["count"] = min(tail["count"], cell.seeds)
            tail["most_steps"] = min(tail["most_steps"], BUDGETS * cell.steps)
            tables["decay"] = decay_table(cell, best, **tail).assign(predicted=best.decay)
        return tables

    def _about(self, cell: Cell, raced: Raced, metrics: dict[str, float], ends: Spectrum | None) -> dict[str, Any]:
        known = getattr(cell.problem, "minimum", None)
        return {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "best_rate": raced.rate,
            "memory": None if np.isnan(raced.memory) else raced.memory,
            "rate_at_edge": raced.rate_at_edge,
            "memory_at_edge": raced.memory_at_edge,
            "condition": None if ends is None else float(ends.condition[0]),
            "state_numbers": numbers_per_parameter(cell.optimizer),
            "minimum": known.value if known else None,
            "minimum_points": [list(point) for point in known.points] if known else None,
            "target": cell.problem.target,
            "stopped_step": metrics.get("stopped_step"),
            "criterion": "steps to the target",
            "metric_labels": {"score": "steps to the target"},
        }


def _spectrum(cell: Cell) -> Spectrum | None:
    """The ends of the Hessian's spectrum where the first test seed begins; None on a network."""
    if cell.problem.dimension > DENSE:
        return None
    start = cell.start.draw(cell.problem, seeds(1, "test", cell.root))
    return spectrum(cell.problem, start, products=cell.problem.dimension)


def _oscillation(cell: Cell, descent: Descent, judged: pd.DataFrame, ends: Spectrum | None) -> pd.DataFrame:
    """Until the target, or over all steps where it was not reached."""
    known = cell.problem.minimum if isinstance(cell.problem, Landscape | Regression) else None
    if known is None or ends is None:
        raise TypeError(f"{type(cell.problem).__name__}: oscillation is measured about a known minimum")
    minimum = np.asarray(known.points[0])
    until = judged["steps_to_target"].fillna(cell.steps).to_numpy()
    return oscillation_table(descent.path.numpy(), minimum, ends.stiffest[0].numpy(), until)


def _conditions(cell: Cell, regression: UnevenRegression) -> pd.DataFrame:
    """Condition numbers of as many samples as there are test seeds: columns data_seed, condition."""
    rows = []
    for number in range(cell.seeds):
        problem = replace(regression, data_seed=number)
        theta = torch.zeros(1, problem.dimension, dtype=problem.dtype)
        rows.append((number, float(spectrum(problem, theta, products=problem.dimension).condition[0])))
    return pd.DataFrame(rows, columns=["data_seed", "condition"])


def _own_metrics(
    cell: Cell, raced: Raced, ends: Spectrum | None, tables: Tables
) -> tuple[dict[str, float], dict[str, str]]:
    """End metrics of this study, and why those that are missing do not exist."""
    found = {"state_numbers": numbers_per_parameter(cell.optimizer), "best_memory": raced.memory}
    missing = {"best_memory": "the method has no memory of its gradients that is tuned"}
    if ends is not None:
        found |= {"condition_number": float(ends.condition[0]), "sharpness": float(ends.largest[0])}
    else:
        start = cell.start.draw(cell.problem, seeds(1, "test", cell.root))
        found["sharpness"] = float(spectrum(cell.problem, start, products=SHARPNESS_PRODUCTS).largest[0])
    missing["condition_number"] = "a network's Hessian is not positive definite"
    if "oscillation" in tables:
        found |= {key: float(tables["oscillation"][key].median()) for key in ("crossings", "path_ratio", "turning")}
    if "edge" in tables:
        edge = tables["edge"]
        found["edge_over_theory"] = float(np.median(np.sqrt(edge["low"] * edge["high"]) / edge["predicted"]))
    missing["edge_over_theory"] = "measured on quadratics, for methods whose edge is known"
    if "decay" in tables:
        decay = at_theory(tables["decay"])
        found["decay_over_theory"] = float(np.median(np.log(decay["decay"]) / np.log(decay["predicted"])))
    missing["decay_over_theory"] = "measured on quadratics, for methods whose decay is known"
    finite = {name: value for name, value in found.items() if np.isfinite(value)}
    return finite, {name: why for name, why in missing.items() if name not in finite}
