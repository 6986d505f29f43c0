"""Does a learning-rate schedule improve on a constant rate, and more so for SGD than for Adam? (claim C14)"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from src.core.checks import check_number
from src.core.schedule import Schedule
from src.optimizers.chain import Chain
from src.optimizers.noise import Noise
from src.schedules.timed import TimedSchedule
from src.statistics.effects import differences, log_ratios, paired_log_ratio
from src.statistics.intervals import bootstrap
from src.studies.claims import Claim, verdicts_table
from src.studies.comparison import Comparison, about_sweep
from src.studies.noise_theory import agreement_with_theory, noise_table, theory_table
from src.studies.schedule_effects import BASELINE, effects_table, finals, pairs_of, settled, unfair
from src.studies.study import Cell, Measured, Tables
from src.studies.tuned_run import judge

DRAWN = 100  # schedule-epochs over which factors are tabulated: row R40's T


@dataclass(frozen=True, kw_only=True)
class Schedules(Comparison):
    """Tunes the rate anew for each schedule, judges it on fresh seeds, and compares pair by pair with a constant.

    A learning task is judged twice: on validation and test loss at the rate whose validation loss is lowest, and on
    training loss at the rate whose training loss is. What over-fits least and what optimizes best are two questions.

    Attributes:
        judged: the schedule on which the claims are settled; the others are shown beside it.
        sgd, adam: names of the methods of which claim ``C14b`` speaks.
        gradient_noise: standard deviation of the noise that is added to each coordinate of the gradient of a
            landscape, which has no mini-batches to make any; at least 0, in units of the gradient.
        claims: ``C14a`` (the judged schedule's effect, a verdict for each problem and method) and ``C14b``
            (its effect on ``sgd`` less that on ``adam``, one for each problem), in decades of the test loss, or of
            the loss above its minimum where there is no test part.
    """

    judged: str
    sgd: str
    adam: str
    gradient_noise: float
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_number(self, "gradient_noise", at_least=0)

    def measure(self, cell: Cell) -> Measured:
        """Tune and judge, with noise on a landscape's gradient; what theory expects; and the schedule's factors."""
        noisy = cell
        if cell.problem.size == 0:
            noise = Noise(scale=self.gradient_noise, decay=0.0, as_variance=False)
            noisy = replace(cell, optimizer=Chain(parts=[noise, cell.optimizer]))
        measured = super().measure(noisy)
        tables = measured.tables | {"factors": factors_table(cell.schedule)}
        if cell.problem.criterion not in ("loss", "train_loss") and cell.rate is None:
            tables["optimized"] = _optimized(noisy, measured.tables["summary"])
        if (theory := theory_table(cell, self.gradient_noise)) is not None:
            tables["theory"] = theory
        method = cell.names["optimizer"].partition(" (")[0]  # what the command added says the schedule again
        about = measured.about | {"method": method, "schedule": cell.names["schedule"]}
        return replace(measured, tables=tables, about=about)

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Effects against the constant rate, with intervals, and the verdicts."""
        tables = {name: _labelled(cells, name) for name in ("summary", "rates", "theory")}
        tables["schedule_curves"] = _labelled(cells, "curves")
        drawn = {str(cell.about["schedule"]): cell.tables["factors"] for cell in cells}
        tables["factors"] = pd.concat([one.assign(schedule=name) for name, one in drawn.items()], ignore_index=True)
        tables["effects"] = effects_table(cells)
        if not tables["theory"].empty:
            tables["noise"] = noise_table(cells)
        rows = [*self._improvements(cells), *self._advantages(cells)]
        tables["verdicts"] = verdicts_table(rows)
        about = about_sweep(self.name, cells) | {"judged": self.judged}
        metrics = _sweep_metrics(tables["effects"], self.judged)
        if "noise" in tables:
            metrics |= agreement_with_theory(tables["noise"])
        return Measured(tables=tables, metrics=metrics, about=about)

    def answer(self, gathered: Measured) -> Tables:
        """The verdicts, and every schedule's effect on each loss."""
        effects = gathered.tables["effects"]
        compared = effects[effects["schedule"] != BASELINE]
        wide = compared.assign(factor=10 ** compared["effect"]).pivot_table(
            index=["problem", "metric", "method"], columns="schedule", values="factor", sort=False
        )
        verdicts = gathered.tables["verdicts"].drop(columns=["says", "reason"])
        return {self.question: verdicts, "Loss over that at the constant rate:": wide.reset_index()}

    def _improvements(self, cells: Sequence[Measured]) -> Iterator[dict[str, object]]:
        if "C14a" not in self.claims:
            return
        for problem, method, cell, constant in pairs_of(cells, self.judged):
            metric = settled(cell)
            a, b = finals(cell, metric), finals(constant, metric)
            settings = f"{method} on {problem}, {metric}, {self.judged} against {BASELINE}, {len(a.values)} seeds"
            estimate = paired_log_ratio(a.values, b.values)
            yield self.claims["C14a"].settle("C14a", estimate, settings, unfair(a, b))

    def _advantages(self, cells: Sequence[Measured]) -> Iterator[dict[str, object]]:
        """Each seed's effect on SGD less the same seed's effect on Adam."""
        if "C14b" not in self.claims:
            return
        pairs = {(problem, method): both for problem, method, *both in pairs_of(cells, self.judged)}
        for problem in dict.fromkeys(problem for problem, _ in pairs):
            if not {(problem, self.sgd), (problem, self.adam)} <= pairs.keys():
                continue
            metric = settled(pairs[problem, self.sgd][0])
            four = [finals(cell, metric) for name in (self.sgd, self.adam) for cell in pairs[problem, name]]
            sgd, adam = (log_ratios(four[at].values, four[at + 1].values) for at in (0, 2))
            settings = f"{self.sgd} less {self.adam} on {problem}, {metric}, {self.judged} against {BASELINE}"
            yield self.claims["C14b"].settle("C14b", bootstrap(differences(sgd, adam)), settings, unfair(*four))


def _optimized(cell: Cell, summary: pd.DataFrame) -> pd.DataFrame:
    """Test seeds at the rate whose training loss is lowest over the tuning seeds, with ``at_edge``."""
    tuning = summary[summary["split"] == "tuning"]
    medians = tuning.groupby("rate")["final_loss"].median()
    rates = medians.index.to_numpy(float)
    best = int(medians.to_numpy().argmin())
    return judge(cell, rates[best])[1].assign(at_edge=best in (0, len(rates) - 1))


def factors_table(schedule: Schedule) -> pd.DataFrame:
    """The schedule's factor at each of 100 schedule-epochs: row R40 at T = 100."""
    drawn = replace(schedule, horizon=DRAWN) if isinstance(schedule, TimedSchedule) else schedule
    return pd.DataFrame({"epoch": range(DRAWN), "factor": [drawn.factor(step) for step in range(DRAWN)]})


def _labelled(cells: Sequence[Measured], name: str) -> pd.DataFrame:
    """All cells' tables called ``name``, with columns ``problem``, ``method`` and ``schedule``."""
    keys = ("problem", "method", "schedule")
    frames = [
        cell.tables[name].assign(**{key: cell.about[key] for key in keys}) for cell in cells if name in cell.tables
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _sweep_metrics(effects: pd.DataFrame, judged: str) -> dict[str, float]:
    """The judged schedule's effect on the last metric of each problem and method, in decades."""
    rows = effects[effects["schedule"] == judged].groupby(["problem", "method"], sort=False).tail(1)
    names = "effect." + rows["problem"] + "." + rows["method"]
    named = dict(zip(names, rows["effect"].tolist(), strict=True))
    return {name: value for name, value in named.items() if np.isfinite(value)}
