"""How much does conditioning slow each method down, and what helps?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.result import Result, Tables
from src.core.streams import seeds
from src.engine.curvature import Spectrum, spectrum
from src.engine.descend import DescentResult
from src.problems.conditioned_quadratic import ConditionedQuadratic
from src.problems.landscape import Landscape
from src.problems.regression import Regression
from src.problems.uneven_regression import UnevenRegression
from src.protocol.answers import printed_verdicts
from src.protocol.claims import Claim
from src.protocol.study import Cell, Study
from src.protocol.tuning.tune import descend
from src.protocol.tuning.tune_for_speed import SpeedTuningResult, tune_for_speed
from src.studies.conditioning.claims import verdicts
from src.studies.conditioning.convergence_rates import at_theory, decay_table
from src.studies.conditioning.headline import headline_rows
from src.studies.conditioning.layer_gradients import layer_gradients_table
from src.studies.conditioning.oscillation import oscillation_table
from src.studies.conditioning.quadratic_theory import fastest, stability_edge
from src.studies.conditioning.stability_edge import edge_table
from src.studies.conditioning.state_size import numbers_per_parameter
from src.studies.conditioning.tables import tables_of
from src.tables.end_metrics import end_metrics
from src.tables.planar_tables import PATH_SEEDS, contours_table, paths_table
from src.tables.run_tables import curves_table, objective

DENSE = 16  # up to this many parameters the whole spectrum is known, and whole paths are kept
BUDGETS = 5  # a measurement against theory takes at most this many times the problem's budget
EDGE_SEEDS = 10  # an edge hardly depends on the start
SHARPNESS_PRODUCTS = 20  # Hessian-vector products for a network's largest eigenvalue


@dataclass(frozen=True, kw_only=True)
class Conditioning(Study):
    """Tunes every method for the fewest steps to a target, over learning rate and memory, and compares with theory.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        how_to_read: how to read the answer.
        memories: values tried for a method's memory (beta; Adam's beta1).
        climb: in tuning, a run that rises above this many times its first loss does not count.
        budget_factor: a tuned method runs for this many times the steps of its tuning, at most for the budget.
        families: problems that differ by their condition number alone, by name; in rising order.
        edge: settings of ``edge_table``.
        tail: settings of ``decay_table``, and ``scanned_up_to``, the largest condition number around whose best
            setting others are scanned.
        gains: factors on a network's initial weights.
        early: share of the budget at which early progress is read.
        claims: rules of the verdicts.
    """

    name: str
    question: str
    how_to_read: str
    memories: Sequence[float]
    climb: float
    budget_factor: float
    families: dict[str, Sequence[str]]
    edge: dict[str, Any]
    tail: dict[str, Any]
    gains: Sequence[float]
    early: float
    claims: dict[str, Claim]

    def measure(self, cell: Cell) -> Result:
        """Tune one method on one problem, evaluate it on test seeds, and measure what the problem was chosen for."""
        found = tune_for_speed(cell, self.memories, self.climb)
        tuned = replace(cell, optimizer=found.optimizer, steps=self._budget(cell, found))
        dense = cell.problem.dimension <= DENSE
        descent, tested = descend(
            tuned, "test", np.array([found.learning_rate]), cell.seeds, cell.seeds if dense else 0
        )
        ends = _spectrum(tuned)
        tables: Tables = {
            "summary": pd.concat([found.summary, tested.assign(memory=found.memory)], ignore_index=True),
            "curves": curves_table(descent),
            "rates": found.rates,
            "progress": self._progress(tuned, descent),
        }
        if dense:
            tables["oscillation"] = _oscillation(tuned, descent, tested, ends)
        if hasattr(cell.problem, "box") and cell.problem.dimension == 2:
            tables["paths"] = paths_table(replace(descent, path=descent.path[:, :PATH_SEEDS]))
            tables["contours"] = contours_table(cell.problem, *cell.problem.box())
        if isinstance(cell.problem, ConditionedQuadratic):
            tables |= self._against_theory(cell)
        if isinstance(cell.problem, UnevenRegression):
            tables["conditions"] = _conditions(cell, cell.problem)
        if cell.problem.is_learning:
            tables["layers"] = layer_gradients_table(cell, tuple(self.gains), cell.seeds)
        metrics, missing = end_metrics(tested, found.learning_rate, cell.problem.target)
        own, absent = _own_metrics(cell, found, ends, tables)
        return Result(
            tables=tables,
            metrics=metrics | own,
            missing=missing | absent,
            about=self._about(tuned, found, metrics, ends),
        )

    def gather(self, cells: Sequence[Result]) -> Result:
        """Steps, exponents, comparisons with theory, and verdicts."""
        tables = tables_of(cells, self.families)
        tables["verdicts"], missing = verdicts(self.claims, cells, tables)
        first = cells[0].about
        about = {
            "study": self.name,
            "profile": first["profile"],
            "seeds": first["seeds"],
            "minimum": {cell.about["problem"]: cell.about["minimum"] for cell in cells},
            "target": {cell.about["problem"]: cell.about["target"] for cell in cells},
            "tuning_metric": "loss",
        }
        return Result(tables=tables, metrics={}, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Exponents of the condition number in the steps, or median steps where the sweep has no exponent."""
        return headline_rows(gathered.tables)

    def answer(self, gathered: Result) -> Tables:
        """Growth of the steps with the condition number, or the steps where no growth is known; and the verdicts."""
        tables = gathered.tables
        if "condition_exponents" in tables:
            shown = {"Exponent of the condition number in the steps to the target:": tables["condition_exponents"]}
        else:
            shown = {"Median steps to the target:": tables["condition_steps"]}
        return shown | {"Verdicts:": printed_verdicts(gathered)}

    def _budget(self, cell: Cell, found: SpeedTuningResult) -> int:
        """Steps for which the tuned method runs on the test seeds."""
        chosen = found.rates.loc[found.rates["chosen"], "median"]
        wanted = self.budget_factor * float(chosen.iloc[0]) if len(chosen) else np.inf
        return cell.steps if not np.isfinite(wanted) else int(min(cell.steps, max(wanted, 200)))

    def _progress(self, cell: Cell, descent: DescentResult) -> pd.DataFrame:
        """Each test seed's objective early and at the end: columns seed, step, early, end."""
        series = descent.series[objective(descent)]
        steps = series.steps.numpy()
        place = int(np.searchsorted(steps, round(self.early * cell.steps)))
        values = series.values.double().numpy()
        frame = {"seed": np.arange(cell.seeds), "step": steps[place], "early": values[place], "end": values[-1]}
        return pd.DataFrame(frame)

    def _against_theory(self, cell: Cell) -> Tables:
        """Edge and decay tables of a method that has a theory of them."""
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

    def _about(
        self, cell: Cell, found: SpeedTuningResult, metrics: dict[str, float], ends: Spectrum | None
    ) -> dict[str, Any]:
        known = getattr(cell.problem, "minimum", None)
        return {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "best_learning_rate": found.learning_rate,
            "memory": None if np.isnan(found.memory) else found.memory,
            "learning_rate_at_edge": found.learning_rate_at_edge,
            "memory_at_edge": found.memory_at_edge,
            "condition": None if ends is None else float(ends.condition[0]),
            "state_numbers": numbers_per_parameter(cell.optimizer),
            "minimum": known.value if known else None,
            "minimum_points": [list(point) for point in known.points] if known else None,
            "target": cell.problem.target,
            "stopped_step": metrics.get("stopped_step"),
            "tuning_metric": "steps to the target",
            "metric_labels": {"score": "steps to the target"},
        }


def _spectrum(cell: Cell) -> Spectrum | None:
    """Ends of the Hessian's spectrum at the first test seed's start; None on a network."""
    if cell.problem.dimension > DENSE:
        return None
    start = cell.start.draw(cell.problem, seeds(1, "test", cell.root_seed))
    return spectrum(cell.problem, start, products=cell.problem.dimension)


def _oscillation(cell: Cell, descent: DescentResult, tested: pd.DataFrame, ends: Spectrum | None) -> pd.DataFrame:
    """Oscillation of each test seed until the target, or over all steps where the target was not reached."""
    known = cell.problem.minimum if isinstance(cell.problem, Landscape | Regression) else None
    if known is None or ends is None:
        raise TypeError(f"{type(cell.problem).__name__}: oscillation is measured about a known minimum")
    minimum = np.asarray(known.points[0])
    until = tested["steps_to_target"].fillna(cell.steps).to_numpy()
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
    cell: Cell, tuned: SpeedTuningResult, ends: Spectrum | None, tables: Tables
) -> tuple[dict[str, float], dict[str, str]]:
    """End metrics of this study, and the reason for each that does not exist."""
    found = {"state_numbers": numbers_per_parameter(cell.optimizer), "best_memory": tuned.memory}
    missing = {"best_memory": "the method has no memory of its gradients that is tuned"}
    if ends is not None:
        found |= {"condition_number": float(ends.condition[0]), "sharpness": float(ends.largest[0])}
    else:
        start = cell.start.draw(cell.problem, seeds(1, "test", cell.root_seed))
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
