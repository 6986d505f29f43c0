"""Does warm-up let a larger learning rate train? (claim C14)"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from src.core.checks import check_count, check_number, refuse
from src.core.status import Status
from src.statistics.intervals import Array, Estimate, bootstrap, mean, proportion
from src.studies.claims import Claim, verdicts_table
from src.studies.study import Cell, Measured, Study, Tables
from src.studies.tuned_run import descend

BASELINE = "constant"
TRAINED = (
    "rate",
    "share",  # of the test seeds that train at this rate
    "low",  # its 95 % interval
    "high",
    "median_loss",  # final training loss
    "diverged",  # share of the seeds
)
LARGEST = ("problem", "init", "method", "schedule", "seeds", "decades", "low", "high")


@dataclass(frozen=True, kw_only=True)
class WarmupStudy(Study):
    """Trains every seed at every rate of a fine grid, and takes the largest rate at which it trains.

    No rate is tuned: the question is where training breaks down, not where it is best.

    Attributes:
        name, question, reading: as in every study.
        lowest, highest: ends of the logarithmic grid of rates, above 0.
        rates: number of rates, at least 2.
        trained_loss: final training loss at or below which a seed counts as trained.
        claims: ``C14c``: log10 of the largest rate that trains with a warm-up over that without, seed by seed, in
            decades; a verdict for each problem, initialization, method and warm-up.
    """

    name: str
    question: str
    reading: str
    lowest: float
    highest: float
    rates: int
    trained_loss: float
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_number(self, "lowest", above=0)
        check_number(self, "highest", above=0)
        if self.highest <= self.lowest:
            raise refuse(self, "highest", self.highest, f"above lowest = {self.lowest!r}")
        check_count(self, "rates", at_least=2)
        check_number(self, "trained_loss")

    def measure(self, cell: Cell) -> Measured:
        """All test seeds at all rates, in one descent."""
        rates = np.geomspace(self.lowest, self.highest, self.rates)
        _, summary = descend(cell, "test", rates, cell.seeds)
        trained = summary.assign(trained=summary["final_loss"] <= self.trained_loss)
        largest = largest_rates(trained)
        shares = trained_table(trained)
        found = {
            "diverged_rate": float((summary["status"] == Status.DIVERGED.label).mean()),
            "trained_share": float(shares["share"].max()),
            "largest_rate": float(10 ** np.log10(largest).mean()),
        }
        reason = "every rate of a grid is judged, and none is chosen"
        missing = dict.fromkeys(("final_loss", "best_rate", "success_rate", "steps_to_target"), reason)
        init = cell.names.get("init", "")
        about = {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "steps": cell.steps,
            "method": cell.names["optimizer"].partition(" (")[0],
            "schedule": cell.names["schedule"],
            "init": init,
            "trained_loss": self.trained_loss,
            "edges": self._edges(shares),
        }
        tables: Tables = {"summary": trained, "trained": shares}
        return Measured(tables=tables, metrics=found, missing=missing, about=about)

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """Shares against the rate, the largest rates, and the verdicts."""
        keys = ("problem", "init", "method", "schedule")
        frames = [cell.tables["trained"].assign(**{key: cell.about[key] for key in keys}) for cell in cells]
        rows = []
        for cell in cells:
            decades = bootstrap(np.log10(largest_rates(cell.tables["summary"])), mean)
            rows.append((*(cell.about[key] for key in keys), cell.about["seeds"], *decades))
        first = cells[0].about
        about = {"study": self.name, "profile": first["profile"], "seeds": first["seeds"], "steps": first["steps"]}
        tables: Tables = {
            "trained": pd.concat(frames, ignore_index=True),
            "largest": pd.DataFrame(rows, columns=list(LARGEST)),
            "verdicts": verdicts_table(list(self._verdicts(cells))),
        }
        return Measured(tables=tables, metrics={}, about=about | {"trained_loss": self.trained_loss})

    def answer(self, gathered: Measured) -> Tables:
        """The verdicts, and the largest rates themselves."""
        largest = gathered.tables["largest"]
        rates = largest.assign(**{name: 10 ** largest[name] for name in ("decades", "low", "high")})
        rates = rates.rename(columns={"decades": "largest_rate"})
        verdicts = gathered.tables["verdicts"].drop(columns=["says", "reason"])
        return {self.question: verdicts, "Largest rate that trains (geometric mean over seeds):": rates}

    def _edges(self, shares: pd.DataFrame) -> str:
        """Why largest rates would be wrong, or nothing."""
        if shares["share"].max() == 0:
            return "no seed trains at any rate"
        last = shares["share"].iloc[-1]
        return "some seeds train at the highest rate of the grid" if last > 0 else ""

    def _verdicts(self, cells: Sequence[Measured]) -> Iterator[dict[str, object]]:
        if "C14c" not in self.claims:
            return
        by = {tuple(cell.about[key] for key in ("problem", "init", "method", "schedule")): cell for cell in cells}
        for (problem, init, method, schedule), cell in by.items():
            constant = by.get((problem, init, method, BASELINE))
            if schedule == BASELINE or constant is None:
                continue
            settings = (
                f"{method} on {problem} from {init}, {schedule} against {BASELINE}, {cell.about['seeds']} seeds"
            )
            blocked = "; ".join(dict.fromkeys(filter(None, (cell.about["edges"], constant.about["edges"]))))
            yield self.claims["C14c"].settle("C14c", allowance(cell, constant), settings, blocked)


def allowance(cell: Measured, constant: Measured) -> Estimate:
    """Mean over seeds of log10 of the largest rate that trains in ``cell`` over that in ``constant``, in decades.

    A mean, since each seed's value is a whole number of grid steps, over which a median would only jump.
    """
    with_it, without = (np.log10(largest_rates(one.tables["summary"])) for one in (cell, constant))
    return bootstrap(with_it - without, mean)


def largest_rates(summary: pd.DataFrame) -> Array:
    """Each seed's largest rate that trains, (S,); where none does, one grid step below the lowest rate."""
    table = summary.pivot_table(index="seed", columns="rate", values="trained", aggfunc="max").astype(bool)
    rates = table.columns.to_numpy(float)
    below = rates[0] ** 2 / rates[1]
    largest: Array = np.where(table, rates, below).max(axis=1)
    return largest


def trained_table(summary: pd.DataFrame) -> pd.DataFrame:
    """One row a rate; columns ``TRAINED``."""
    rows = []
    for rate, group in summary.groupby("rate"):
        share = proportion(float(group["trained"].mean()), len(group))
        diverged = float((group["status"] == Status.DIVERGED.label).mean())
        rows.append((rate, *share, float(np.median(group["final_loss"])), diverged))
    return pd.DataFrame(rows, columns=list(TRAINED))
