"""What does a larger batch buy: less noise, fewer steps, a better model?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.checks import check_count, check_number, field_error
from src.core.result import Result, Tables
from src.engine.descend import DescentResult
from src.protocol.answers import printed_verdicts
from src.protocol.claims import Claim
from src.protocol.study import Cell, Study
from src.studies.batch_noise.budget import BatchBudget
from src.studies.batch_noise.claims import CLAIMS, verdicts
from src.studies.batch_noise.descents import FASTEST, LOWEST, SHARED, BatchCell
from src.studies.batch_noise.gradient_noise import estimation_error
from src.studies.batch_noise.laws import POOLED, estimation_law, noise_law, noise_product, noise_scale
from src.studies.batch_noise.noise_points import GIVEN, noise_seeds, noise_table, reference_points
from src.studies.batch_noise.tables import ends_table, gathered, scaling_table, steps_table
from src.tables.end_metrics import end_metrics
from src.tables.run_tables import curves_table, objective

ENDS = ("", "_low", "_high")  # suffixes of an estimate and its interval
NO_FIT = "needs two seeds and three batch sizes at least at which half of the seeds reach the target"
PROGRESS_POINTS = 200  # most evaluations that ``progress`` keeps of one curve


@dataclass(frozen=True, kw_only=True)
class BatchNoise(Study):
    """Study whose cell is one batch size on one problem: gradient noise at fixed points, then training.

    Attributes:
        name: name of the study, as in ``+study=NAME``.
        question: question of the study, in one sentence.
        how_to_read: how to read the answer.
        claims: claims by name.
        budgets: budgets by problem; ``default`` serves the problems without a budget of their own.
        given_point: one more point at which the noise is measured, for problems of as many parameters.
        reference_batch: batch size of the reference descent, along which the noise is measured.
        parts: equal parts of the reference descent, at whose ends the noise is measured.
        small_batch: the small batch of the claims on generalization.
        look_points: number of points at which the noisy gradient of row R31 is estimated.
        look_spread: standard deviation of that gradient's noise.
        words: name of a batch size that is not a number.
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
            raise field_error(self, "budgets", sorted(self.budgets), "budgets by problem, one of them called default")
        for field in ("reference_batch", "parts", "small_batch", "look_points"):
            check_count(self, field)
        check_number(self, "look_spread", above=0)
        if unknown := [name for name in self.claims if name not in CLAIMS]:
            raise field_error(self, "claims", unknown[0], "one of " + ", ".join(CLAIMS))

    def measure(self, cell: Cell) -> Result:
        """Measure the noise at fixed points, tune both learning rates, and run the test seeds' three descents."""
        if not cell.problem.size:
            raise field_error(self, "problem", cell.names["problem"], "one with samples to draw batches from")
        budget = self.budgets.get(cell.names["problem"], self.budgets["default"])
        batch_cell = BatchCell(cell, budget)
        tables: Tables = self._noise(batch_cell)
        tuned = batch_cell.tune()
        purposes = {
            FASTEST: (tuned.fastest, batch_cell.race_steps),
            LOWEST: (tuned.lowest, batch_cell.steps(budget.epochs)),
            SHARED: (budget.shared_rate, batch_cell.steps(budget.shared_epochs)),
        }
        summaries, progress = [tuned.summary], []
        for purpose, (rate, steps) in purposes.items():
            descent, summary = batch_cell.run("test", np.array([rate]), cell.seeds, steps, purpose)
            summaries.append(summary)
            if purpose == LOWEST:
                tables["curves"] = curves_table(descent)
            if purpose != FASTEST:
                progress.append(_progress(batch_cell, descent).assign(purpose=purpose, learning_rate=rate))
        tables |= {
            "summary": pd.concat(summaries, ignore_index=True),
            "rates": tuned.rates,
            "progress": pd.concat(progress, ignore_index=True),
        }
        metrics, missing = end_metrics(summaries[1], tuned.fastest, cell.problem.target)
        own = _metrics(batch_cell, tables)
        known = getattr(cell.problem, "minimum", None)
        about: dict[str, Any] = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "batch": batch_cell.batch,
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

    def _noise(self, batch_cell: BatchCell) -> Tables:
        """The tables ``noise`` and ``estimation``."""
        problem = batch_cell.cell.problem
        given = None
        if len(self.given_point) == problem.dimension:
            given = torch.tensor(self.given_point, dtype=problem.dtype)
        batch = batch_cell.batch
        places = np.linspace(-2, 2, self.look_points).tolist()
        rows = [
            {"batch": batch, "seed": seed.number, "rms": estimation_error(batch, places, self.look_spread, seed)}
            for seed in noise_seeds(batch_cell)
        ]
        points, reached = reference_points(batch_cell, self.reference_batch, self.parts)
        return {"noise": noise_table(batch_cell, points, reached, given), "estimation": pd.DataFrame(rows)}

    def gather(self, cells: Sequence[Result]) -> Result:
        """Laws of noise, steps and samples in the batch size, the ends of each batch size, and the verdicts."""
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
        tables["verdicts"], missing = verdicts(self.claims, tables, cells, self.small_batch)
        missing |= {
            f"critical_batch.{row['problem']}": NO_FIT
            for row in tables["scaling"].to_dict("records")
            if not np.isfinite(row["critical"])
        }
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
        if len(tables["verdicts"]):
            shown["Verdicts:"] = printed_verdicts(gathered)
        return shown


def _progress(batch_cell: BatchCell, descent: DescentResult) -> pd.DataFrame:
    """Quartiles over seeds by epochs: columns ``batch``, ``metric``, ``step``, ``epochs``, q25, median, q75."""
    curves = curves_table(descent)
    wanted = {objective(descent): "objective", "valid_accuracy": "valid_accuracy"}
    parts = []
    for name, metric in wanted.items():
        rows = curves[curves["metric"] == name]
        kept = np.unique(np.geomspace(1, max(len(rows), 1), PROGRESS_POINTS).round().astype(int)) - 1
        parts.append(rows.iloc[kept].assign(metric=metric) if len(rows) else rows)
    table = pd.concat(parts, ignore_index=True)
    return table.assign(
        batch=batch_cell.batch, epochs=table["step"] * batch_cell.batch / batch_cell.cell.problem.size
    )


def _metrics(batch_cell: BatchCell, tables: Tables) -> dict[str, float]:
    """End metrics of this study alone, medians over seeds."""
    summary, noise = tables["summary"], tables["noise"]
    steps = float(summary.loc[summary["purpose"] == FASTEST, "hitting_time"].median())
    found = {
        "samples_to_target": steps * batch_cell.batch,
        "batch_times_variance": float(batch_cell.batch * noise["variance"].mean()),
        "trace": float(noise["trace"].mean()),
    }
    for purpose in (LOWEST, SHARED):
        ends = summary[summary["purpose"] == purpose]
        if "final_test_accuracy" in ends:
            found[f"test_accuracy_{purpose}"] = float(ends["final_test_accuracy"].median())
    return found
