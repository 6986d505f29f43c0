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
from src.statistics.effects import differences, log_ratios, paired_log_ratio, probability_of_superiority, sign_test
from src.statistics.intervals import Estimate, bootstrap
from src.statistics.multiplicity import holm
from src.studies.claims import Claim, verdicts_table
from src.studies.comparison import Comparison, about_sweep
from src.studies.noise_theory import theory_table
from src.studies.study import Cell, Measured, Tables

BASELINE = "constant"
DRAWN = 100  # schedule-epochs over which factors are tabulated: row R40's T
# The end metrics that are compared, and what their data are called.
METRICS = {"final_loss": "training loss", "final_valid_loss": "validation loss", "final_test_loss": "test loss"}
EFFECTS = (
    "problem",
    "method",
    "schedule",
    "metric",  # a column of the summary
    "rate",  # chosen for this schedule
    "median",  # over the test seeds
    "effect",  # median over seeds of log10 of the loss over that at the constant rate; both at their own tuned rate
    "low",  # its 95 % interval
    "high",
    "superiority",  # share of seeds that end lower than at the constant rate
    "p",  # of the sign test, Holm-adjusted over the problem's schedules, methods and metrics
)


@dataclass(frozen=True, kw_only=True)
class Schedules(Comparison):
    """Tunes the rate anew for each schedule, judges it on fresh seeds, and compares pair by pair with a constant.

    Attributes:
        judged: the schedule on which the claims are settled; the others are shown beside it.
        sgd, adam: names of the methods of which claim ``C14b`` speaks.
        gradient_noise: standard deviation of the noise that is added to each coordinate of the gradient of a
            landscape, which has no mini-batches to make any; at least 0, in units of the gradient.
        claims: ``C14a`` (the judged schedule's effect, a verdict for each problem and method) and ``C14b`` (its
            effect on ``sgd`` less that on ``adam``, one for each problem), in decades of the yardstick.
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
        if (theory := theory_table(cell, self.gradient_noise)) is not None:
            tables["theory"] = theory
        method = cell.names["optimizer"].partition(" (")[0]  # what the command added says the schedule again
        about = measured.about | {"method": method, "schedule": cell.names["schedule"]}
        return replace(measured, tables=tables, about=about)

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Effects against the constant rate, with intervals, and the verdicts."""
        tables = {name: _labelled(cells, name) for name in ("summary", "curves", "rates", "theory")}
        drawn = {str(cell.about["schedule"]): cell.tables["factors"] for cell in cells}
        tables["factors"] = pd.concat([one.assign(schedule=name) for name, one in drawn.items()], ignore_index=True)
        tables["effects"] = effects_table(cells)
        rows = [*self._improvements(cells), *self._advantages(cells)]
        tables["verdicts"] = verdicts_table(rows)
        about = about_sweep(self.name, cells) | {"judged": self.judged, "metric_names": METRICS}
        return Measured(tables=tables, metrics=_sweep_metrics(tables["effects"], self.judged), about=about)

    def answer(self, gathered: Measured) -> Tables:
        """The verdicts, and every schedule's effect on the loss that was not looked at in training or tuning."""
        effects = gathered.tables["effects"]
        last = effects.groupby(["problem", "method", "schedule"], sort=False).tail(1)
        wide = last.assign(factor=10 ** last["effect"]).pivot_table(
            index=["problem", "method"], columns="schedule", values="factor", sort=False
        )
        verdicts = gathered.tables["verdicts"].drop(columns=["says", "reason"])
        return {
            self.question: verdicts,
            "Final loss (test loss where there are data) over that at the constant rate:": wide.reset_index(),
        }

    def _improvements(self, cells: Sequence[Measured]) -> Iterator[dict[str, object]]:
        if "C14a" not in self.claims:
            return
        for problem, method, cell, constant in _pairs(cells, self.judged):
            a, b = _last(cell), _last(constant)
            settings = f"{method} on {problem}, {self.judged} against {BASELINE}, {len(a)} seeds"
            yield self.claims["C14a"].settle("C14a", paired_log_ratio(a, b), settings, _unfair(cell, constant))

    def _advantages(self, cells: Sequence[Measured]) -> Iterator[dict[str, object]]:
        """Each seed's effect on SGD less the same seed's effect on Adam."""
        if "C14b" not in self.claims:
            return
        pairs = {(problem, method): both for problem, method, *both in _pairs(cells, self.judged)}
        for problem in dict.fromkeys(problem for problem, _ in pairs):
            if (problem, self.sgd) in pairs and (problem, self.adam) in pairs:
                four = [*pairs[problem, self.sgd], *pairs[problem, self.adam]]
                sgd, adam = (log_ratios(_last(four[at]), _last(four[at + 1])) for at in (0, 2))
                settings = f"{self.sgd} less {self.adam} on {problem}, {self.judged} against {BASELINE}"
                estimate = bootstrap(differences(sgd, adam))
                yield self.claims["C14b"].settle("C14b", estimate, settings, _unfair(*four))


def factors_table(schedule: Schedule) -> pd.DataFrame:
    """The schedule's factor at each of 100 schedule-epochs: row R40 at T = 100."""
    drawn = replace(schedule, horizon=DRAWN) if isinstance(schedule, TimedSchedule) else schedule
    return pd.DataFrame({"epoch": range(DRAWN), "factor": [drawn.factor(step) for step in range(DRAWN)]})


def effects_table(cells: Sequence[Measured]) -> pd.DataFrame:
    """One row for each problem, method, schedule and end metric; columns ``EFFECTS``."""
    rows = []
    schedules = dict.fromkeys(str(cell.about["schedule"]) for cell in cells)
    for schedule in schedules:
        for problem, method, cell, constant in _pairs(cells, schedule):
            for metric in METRICS:
                if metric not in _test(cell):
                    continue
                a, b = (_test(one)[metric].to_numpy(float) for one in (cell, constant))
                a, b = (np.where(np.isnan(values), np.inf, values) for values in (a, b))
                effect = Estimate(0.0, 0.0, 0.0) if schedule == BASELINE else paired_log_ratio(a, b)
                better = probability_of_superiority(a, b).value
                found = (cell.about["best_rate"], float(np.median(a)), *effect, better, sign_test(a, b))
                rows.append((problem, method, schedule, metric, *found))
    table = pd.DataFrame(rows, columns=list(EFFECTS))
    compared = table["schedule"] != BASELINE
    for _, group in table[compared].groupby("problem"):
        table.loc[group.index, "p"] = holm(group["p"])
    order = {name: at for at, name in enumerate(dict.fromkeys(str(cell.about["problem"]) for cell in cells))}
    return table.sort_values("problem", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def _pairs(cells: Sequence[Measured], schedule: str) -> Iterator[tuple[str, str, Measured, Measured]]:
    """Problem, method, the cell with ``schedule`` and the one with a constant rate, where both are there."""
    by = {(c.about["problem"], c.about["method"], c.about["schedule"]): c for c in cells}
    for (problem, method, name), cell in by.items():
        if name == schedule and (constant := by.get((problem, method, BASELINE))):
            yield str(problem), str(method), cell, constant


def _test(cell: Measured) -> pd.DataFrame:
    summary = cell.tables["summary"]
    return summary[summary["split"] == "test"].sort_values("seed")


def _last(cell: Measured) -> np.ndarray:
    """The yardstick of each test seed: the test loss where there are data, else the loss."""
    return _test(cell)["score"].to_numpy(float)


def _unfair(*cells: Measured) -> str:
    edge = [str(cell.about["optimizer"]) for cell in cells if cell.about["rate_at_edge"]]
    return f"the chosen rate lies on the edge of what was tried: {', '.join(edge)}" if edge else ""


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
    named = {f"effect.{row.problem}.{row.method}": float(row.effect) for row in rows.itertuples()}
    return {name: value for name, value in named.items() if np.isfinite(value)}
