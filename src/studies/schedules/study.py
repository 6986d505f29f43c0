"""Effect of learning-rate schedules compared with a constant learning rate, on SGD and on Adam (claim C14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from src.core.checks import check_number
from src.core.result import Result, Tables
from src.core.schedule import Schedule
from src.optimizers.chain import Chain
from src.optimizers.noise import Noise
from src.protocol.answers import printed_verdicts, row_without_value, rows_of_verdicts
from src.protocol.bare_methods import bare_methods
from src.protocol.claims import Claim, check_kinds
from src.protocol.comparison import Comparison, about_sweep
from src.protocol.study import Cell
from src.protocol.tuning.tune import evaluate
from src.schedules.timed import TimedSchedule
from src.studies.schedules.claims import KINDS, ComparedMethods, verdicts
from src.studies.schedules.effects import BASELINE, effects_table
from src.studies.schedules.noise_theory import agreement_with_theory, noise_table, theory_table
from src.tables.concat_tables import concat_tables

DRAWN = 100  # schedule-epochs over which factors are tabulated: row R40's T
KEYS = ("problem", "method", "schedule")
NEEDED = f"needs schedule={BASELINE} and another schedule of one optimizer on one problem"


@dataclass(frozen=True, kw_only=True)
class Schedules(Comparison):
    """Tunes the learning rate for each schedule, and compares fresh seeds pair by pair with a constant one.

    A learning task is evaluated twice: its validation and test loss at the learning rate with the lowest validation
    loss, and its training loss at the learning rate with the lowest training loss. Over-fitting least and optimizing
    best are two questions.

    Attributes:
        judged: schedule on which the claims are settled; tables and figures show the other schedules as well.
        sgd, adam: names of the methods that claim ``C14.b`` compares.
        gradient_noise: standard deviation of the noise that is added to each coordinate of the gradient of a
            landscape, since a landscape has no mini-batches; at least 0, in units of the gradient.
        claims: ``C14.a`` (the judged schedule's effect, a verdict for each problem and method) and ``C14.b``
            (the effect on ``sgd`` less the effect on ``adam``, a verdict for each problem), in decades of the test
            loss, or of the loss above its minimum where a problem has no test part.
    """

    judged: str
    sgd: str
    adam: str
    gradient_noise: float
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_number(self, "gradient_noise", at_least=0)
        check_kinds(self, self.claims, KINDS)

    def measure(self, cell: Cell) -> Result:
        """Tune and evaluate, with noise on a landscape's gradient; the theory's losses; the schedule's factors."""
        noisy = cell
        if cell.problem.size == 0:
            noise = Noise(scale=self.gradient_noise, decay=0.0, as_variance=False)
            noisy = replace(cell, optimizer=Chain(parts=[noise, cell.optimizer]))
        measured = super().measure(noisy)
        tables = measured.tables | {"factors": factors_table(cell.schedule)}
        if cell.problem.tuning_metric not in ("loss", "train_loss") and cell.learning_rate is None:
            tables["optimized"] = _optimized(noisy, measured.tables["summary"])
        if (theory := theory_table(cell, self.gradient_noise)) is not None:
            tables["theory"] = theory
        about = measured.about | {"schedule": cell.names["schedule"]}
        return replace(measured, tables=tables, about=about)

    def gather(self, cells: Sequence[Result]) -> Result:
        """Effects against the constant learning rate, with intervals, and the verdicts."""
        cells = bare_methods(cells)
        tables = {name: concat_tables(cells, name, KEYS) for name in ("summary", "rates", "theory")}
        tables["schedule_curves"] = concat_tables(cells, "curves", KEYS)
        tables["factors"] = concat_tables(_one_per_schedule(cells), "factors", ("schedule",))
        tables["effects"] = effects_table(cells)
        if not tables["theory"].empty:
            tables["noise"] = noise_table(cells)
        methods = ComparedMethods(judged=self.judged, sgd=self.sgd, adam=self.adam)
        tables["verdicts"], missing = verdicts(self.claims, methods, cells)
        about = about_sweep(self.name, cells) | {"judged": self.judged}
        metrics = _sweep_metrics(tables["effects"], self.judged)
        if "noise" in tables:
            metrics |= agreement_with_theory(tables["noise"])
        return Result(tables=tables, metrics=metrics, missing=missing, about=about)

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """The judged schedule's effect on each method and problem; without verdicts, each schedule's effect."""
        decades = "decades of the final loss"
        quantities = {"C14.a": ("effect_of_schedule", decades), "C14.b": ("effect_on_sgd_less_adam", decades)}
        if rows := rows_of_verdicts(gathered.tables["verdicts"], quantities):
            return rows
        effects = gathered.tables["effects"]
        compared = effects[(effects["schedule"] != BASELINE) & np.isfinite(effects["effect"].astype(float))]
        return [
            (
                "effect_of_schedule", row["effect"], row["low"], row["high"], decades,
                f"{row['method']} on {row['problem']}, {row['metric']}, {row['schedule']} against {BASELINE}",
            )
            for row in compared.head(4).to_dict("records")
        ] or [row_without_value("effect_of_schedule", decades, NEEDED)]  # fmt: skip

    def answer(self, gathered: Result) -> Tables:
        """The verdicts, and every schedule's effect on each loss."""
        effects = gathered.tables["effects"]
        compared = effects[effects["schedule"] != BASELINE]
        shown = {self.question: printed_verdicts(gathered)}
        if compared.empty:
            return shown
        wide = compared.assign(factor=10 ** compared["effect"]).pivot_table(
            index=["problem", "metric", "method"], columns="schedule", values="factor", sort=False
        )
        return shown | {"Loss over that at the constant rate:": wide.reset_index()}


def _optimized(cell: Cell, summary: pd.DataFrame) -> pd.DataFrame:
    """Test seeds at the learning rate with the lowest training loss over the tuning seeds, with ``at_edge``."""
    tuning = summary[summary["split"] == "tuning"]
    medians = tuning.groupby("learning_rate")["final_loss"].median()
    rates = medians.index.to_numpy(float)
    best = int(medians.to_numpy().argmin())
    return evaluate(cell, rates[best])[1].assign(at_edge=best in (0, len(rates) - 1))


def _one_per_schedule(cells: Sequence[Result]) -> list[Result]:
    """The last cell of each schedule, in the order in which the schedules first appear."""
    return list({str(cell.about["schedule"]): cell for cell in cells}.values())


def factors_table(schedule: Schedule) -> pd.DataFrame:
    """The schedule's factor at each of 100 schedule-epochs: row R40 at T = 100."""
    drawn = replace(schedule, horizon=DRAWN) if isinstance(schedule, TimedSchedule) else schedule
    return pd.DataFrame({"epoch": range(DRAWN), "factor": [drawn.factor(step) for step in range(DRAWN)]})


def _sweep_metrics(effects: pd.DataFrame, judged: str) -> dict[str, float]:
    """The judged schedule's effect on the last metric of each problem and method, in decades."""
    rows = effects[effects["schedule"] == judged].groupby(["problem", "method"], sort=False).tail(1)
    names = "effect." + rows["problem"] + "." + rows["method"]
    named = dict(zip(names, rows["effect"].tolist(), strict=True))
    return {name: value for name, value in named.items() if np.isfinite(value)}
