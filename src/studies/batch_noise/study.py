"""What does a larger batch buy: less noise, fewer steps, a better model?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.checks import check_count, check_number, refuse
from src.core.result import Result, Tables
from src.engine.descend import DescentResult
from src.protocol.claims import VERDICTS, Claim, verdicts_table
from src.protocol.study import Cell, Study
from src.studies.batch_noise.budget import BatchBudget
from src.studies.batch_noise.claims import lacking, verdicts
from src.studies.batch_noise.descents import FASTEST, LOWEST, SHARED, BatchCell
from src.studies.batch_noise.gradient_noise import estimation_error
from src.studies.batch_noise.laws import POOLED, estimation_law, noise_law, noise_product, noise_scale
from src.studies.batch_noise.noise_points import GIVEN, noise_seeds, noise_table, reference_points
from src.studies.batch_noise.tables import ends_table, gathered, scaling_table, steps_table
from src.tables.end_metrics import end_metrics
from src.tables.run_tables import curves_table, objective

ENDS = ("", "_low", "_high")  # suffixes of an estimate and its interval
PROGRESS_POINTS = 200  # most looks that ``progress`` keeps of one curve


@dataclass(frozen=True, kw_only=True)
class BatchNoise(Study):
    """One cell is one batch size on one problem: gradient noise at fixed points, then training.

    Attributes:
        name, question, how_to_read: as in every study.
        claims: the claims, by name.
        budgets: by problem; ``default`` serves those that have none of their own.
        given_point: one more point to measure the noise at, for problems of its length.
        reference_batch: batch size of the descent on whose way the points lie.
        parts: equal parts of that way, at whose ends the points lie.
        small_batch: the small batch of the claims on generalization.
        look_points: where the noisy gradient of row R31 is estimated.
        look_spread: standard deviation of its noise.
        words: what a batch size is called that is no number.
    """

    name: str
    question: str
    how_to_read: str
    claims: Mapping[str, Claim]
    budgets: Mapping[str, BatchBudget]
    given_point: Sequence[float]
    reference_batch: int
    parts: int
    small_batch: int
    look_points: int
    look_spread: float
    words: Mapping[str, str]

    def __post_init__(self) -> None:
        if "default" not in self.budgets:
            raise refuse(self, "budgets", sorted(self.budgets), "budgets by problem, one of them called default")
        for field in ("reference_batch", "parts", "small_batch", "look_points"):
            check_count(self, field)
        check_number(self, "look_spread", above=0)

    def measure(self, cell: Cell) -> Result:
        """Noise at fixed points; both rates tuned; the three descents that are judged."""
        if not cell.problem.size:
            raise refuse(self, "problem", cell.names["problem"], "one with samples to draw batches from")
        budget = self.budgets.get(cell.names["problem"], self.budgets["default"])
        at = BatchCell(cell, budget)
        tables: Tables = self._noise(at)
        tuned = at.tune()
        judged = {
            FASTEST: (tuned.fastest, at.race_steps),
            LOWEST: (tuned.lowest, at.steps(budget.epochs)),
            SHARED: (budget.shared_rate, at.steps(budget.shared_epochs)),
        }
        summaries, progress = [tuned.summary], []
        for purpose, (rate, steps) in judged.items():
            descent, summary = at.run("test", np.array([rate]), cell.seeds, steps, purpose)
            summaries.append(summary)
            if purpose == LOWEST:
                tables["curves"] = curves_table(descent)
            if purpose != FASTEST:
                progress.append(_progress(at, descent).assign(purpose=purpose, learning_rate=rate))
        tables |= {
            "summary": pd.concat(summaries, ignore_index=True),
            "rates": tuned.rates,
            "progress": pd.concat(progress, ignore_index=True),
        }
        metrics, missing = end_metrics(summaries[1], tuned.fastest, cell.problem.target)
        own = _metrics(at, tables)
        known = getattr(cell.problem, "minimum", None)
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "batch": at.batch,
            "size": cell.problem.size,
            "best_learning_rate": tuned.lowest,
            "learning_rate_at_edge": tuned.lowest_at_edge,
            "fastest_at_edge": tuned.fastest_at_edge,
            "minimum": known.value if known else None,
            "target": cell.problem.target,
            "tuning_metric": cell.problem.tuning_metric,
        }
        finite = {name: value for name, value in own.items() if np.isfinite(value)}
        missing |= dict.fromkeys(own.keys() - finite.keys(), "fewer than half of the seeds reached the target")
        return Result(tables=tables, metrics=metrics | finite, missing=missing, about=about)

    def _noise(self, at: BatchCell) -> Tables:
        """The tables ``noise`` and ``estimation``."""
        problem = at.cell.problem
        given = None
        if len(self.given_point) == problem.dimension:
            given = torch.tensor(self.given_point, dtype=problem.dtype)
        looks = np.linspace(-2, 2, self.look_points).tolist()
        rows = [
            {"batch": at.batch, "seed": seed.number, "rms": estimation_error(at.batch, looks, self.look_spread, seed)}
            for seed in noise_seeds(at)
        ]
        points, reached = reference_points(at, self.reference_batch, self.parts)
        return {"noise": noise_table(at, points, reached, given), "estimation": pd.DataFrame(rows)}

    def gather(self, cells: Sequence[Result]) -> Result:
        """The laws of noise, steps and samples against the batch size, what each batch size ends at, the verdicts."""
        cells = sorted(cells, key=lambda cell: int(cell.about["batch"]))
        noise, summary = gathered(cells, "noise"), gathered(cells, "summary")
        law, scale = noise_law(noise), noise_scale(noise)
        steps = steps_table(summary, cells)
        tables: Tables = {
            "summary": summary,
            "noise_law": law,
            "noise_product": noise_product(noise),
            "noise_scale": scale,
            "estimation": estimation_law(gathered(cells, "estimation"), self.look_spread),
            "steps_to_target": steps,
            "scaling": scaling_table(summary, scale, noise),
            "ends": ends_table(summary),
            "progress": gathered(cells, "progress"),
            "rates": gathered(cells, "rates"),
        }
        tables["verdicts"] = verdicts_table(verdicts(self.claims, tables, cells, self.small_batch))
        missing = lacking(self.claims, tables["verdicts"])
        first = cells[0].about
        by_problem = {
            key: {cell.about["problem"]: cell.about[key] for cell in cells}
            for key in ("minimum", "target", "tuning_metric", "size")
        }
        about = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"], **by_problem}
        metrics = {
            f"critical_batch.{problem}": critical
            for problem, critical in tables["scaling"].set_index("problem")["critical"].dropna().to_dict().items()
        }
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Critical batch size of each problem, then the exponent of the variance in the batch size."""
        scaling, law = gathered.tables["scaling"], gathered.tables["noise_law"]
        rows: list[tuple[object, ...]] = [
            ("critical_batch_size", *(row[f"critical{end}"] for end in ENDS), "samples", row["problem"])
            for row in scaling[np.isfinite(scaling["critical"].astype(float))].to_dict("records")
        ]
        pooled = law[(law["point"] == POOLED) & np.isfinite(law["exponent"].astype(float))]
        rows += [
            ("variance_exponent", *(row[f"exponent{end}"] for end in ENDS), "1", row["problem"])
            for row in pooled.to_dict("records")
        ]
        product = gathered.tables["noise_product"]
        first = product[product["point"] == POOLED].iloc[0]
        about = f"{first['problem']}, batch {first['batch']}"
        return rows[:4] or [("batch_times_variance", *(first[f"ratio{end}"] for end in ENDS), "1", about)]

    def answer(self, gathered: Result) -> Tables:
        """The critical batch size of each problem, the given point's noise, and the verdicts."""
        tables = gathered.tables
        wanted = ("problem", "critical", "critical_low", "critical_high", "noise_start", "noise_mean", "noise_target")
        shown = {self.question: tables["scaling"][list(wanted)]}
        products = tables["noise_product"]
        given = products[products["point"] == GIVEN]
        if len(given):
            quarter = given[["product", "low", "high", "exact"]] / 4
            shown[
                "Batch size times variance at the given point, for the gradient of half the error (row R30: 1.455):"
            ] = pd.concat([given[["problem", "batch"]], quarter], axis=1)
        columns = [name for name in VERDICTS if name not in ("statement", "estimand", "reason", "direction")]
        shown["Verdicts:"] = tables["verdicts"][columns]
        return shown


def _progress(at: BatchCell, descent: DescentResult) -> pd.DataFrame:
    """Quartiles over seeds by epochs: columns ``batch``, ``metric``, ``step``, ``epochs``, q25, median, q75."""
    curves = curves_table(descent)
    wanted = {objective(descent): "objective", "valid_accuracy": "valid_accuracy"}
    parts = []
    for name, metric in wanted.items():
        rows = curves[curves["metric"] == name]
        kept = np.unique(np.geomspace(1, max(len(rows), 1), PROGRESS_POINTS).round().astype(int)) - 1
        parts.append(rows.iloc[kept].assign(metric=metric) if len(rows) else rows)
    table = pd.concat(parts, ignore_index=True)
    return table.assign(batch=at.batch, epochs=table["step"] * at.batch / at.cell.problem.size)


def _metrics(at: BatchCell, tables: Tables) -> dict[str, float]:
    """The study's own end metrics, medians over seeds."""
    summary, noise = tables["summary"], tables["noise"]
    steps = float(summary.loc[summary["purpose"] == FASTEST, "crossing"].median())
    found = {
        "samples_to_target": steps * at.batch,
        "batch_times_variance": float(at.batch * noise["variance"].mean()),
        "trace": float(noise["trace"].mean()),
    }
    for purpose in (LOWEST, SHARED):
        ends = summary[summary["purpose"] == purpose]
        if "final_test_accuracy" in ends:
            found[f"test_accuracy_{purpose}"] = float(ends["final_test_accuracy"].median())
    return found
