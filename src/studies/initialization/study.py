"""Which initialization of weights breaks symmetry, keeps signals level, and lets deep networks train?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from src.core.checks import check_count, field_error
from src.core.result import Result, Tables
from src.core.status import Status
from src.core.streams import seeds
from src.networks.depth_training import Training, train
from src.networks.signals import at_initialization, signals
from src.protocol.claims import Claim, check_kinds
from src.protocol.study import Cell, Study
from src.studies.initialization.claims import KINDS, verdicts
from src.studies.initialization.layers import initial_tables, trained_table
from src.studies.initialization.symmetry import symmetry_table
from src.tables.concat_tables import concat_tables
from src.tables.end_metrics import end_metrics
from src.tables.run_tables import curves_table

SYMMETRY_SEEDS = 5  # most seeds whose parameters are kept at every step
GATHERED = ("accuracy", "layers", "growth", "symmetry", "summary", "curves", "rates")


@dataclass(frozen=True, kw_only=True)
class Initialization(Study):
    """Study whose cell is one initialization on one kind of network, trained at each depth.

    Attributes:
        name: the study's name, as in ``+study=NAME``.
        question: what is asked, in one sentence.
        how_to_read: how to read the answer.
        depths: numbers of hidden layers, rising, the last at least 3; the problem's first hidden layer is repeated.
            Units are counted in the shallowest network, and layers are measured in the deepest.
        draws: networks drawn per test seed, to measure layers at initialization.
        samples: training samples that layers are measured on.
        claims: claims by name, as ``claims.verdicts`` settles them.
    """

    name: str
    question: str
    how_to_read: str
    depths: Sequence[int]
    draws: int
    samples: int
    claims: dict[str, Claim]

    def __post_init__(self) -> None:
        depths = list(self.depths)
        whole = all(isinstance(depth, int) and depth >= 1 for depth in depths)
        if not whole or depths != sorted(set(depths)) or not depths or depths[-1] < 3:
            raise field_error(self, "depths", depths, "rising whole numbers, at least 1, and the last at least 3")
        check_kinds(self, self.claims, KINDS)
        check_count(self, "draws")
        check_count(self, "samples")

    def measure(self, cell: Cell) -> Result:
        """Train at each depth, count the units of the shallowest network, and measure the layers of the deepest."""
        kept = min(SYMMETRY_SEEDS, cell.seeds)
        runs = [train(cell, depth, kept if depth == self.depths[0] else 0) for depth in self.depths]
        shallow, deep = runs[0], runs[-1]
        inputs = deep.network.parts.train.inputs[: self.samples]
        layers, growth = self._layers(cell, deep)
        tables: Tables = {
            "summary": pd.concat([run.summary for run in runs], ignore_index=True),
            "accuracy": pd.DataFrame([run.accuracy() for run in runs]),
            "symmetry": symmetry_table(shallow.network, shallow.descent.path, inputs),
            "layers": layers,
            "growth": growth,
            "curves": curves_table(deep.descent),
        }
        if deep.tuned:
            tables["rates"] = deep.tuned.rates
        metrics, missing = end_metrics(deep.test, deep.learning_rate, None)
        own = own_metrics(tables)
        metrics |= {name: value for name, value in own.items() if np.isfinite(value)}
        missing |= {name: "the signal is zero, or every network diverged" for name in own if name not in metrics}
        return Result(tables=tables, metrics=metrics, missing=missing, about=self._about(cell, deep))

    def _layers(self, cell: Cell, deep: Training) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Tables ``layers`` and ``growth``: signals of many fresh networks, and of the test seeds' after training."""
        inputs = deep.network.parts.train.inputs[: self.samples]
        drawn = seeds(cell.seeds * self.draws, "test", cell.root_seed)
        at_first, growth = initial_tables(*at_initialization(deep.network, cell.start, inputs, drawn))
        found = signals(deep.network, deep.descent.theta, inputs, drawn[: cell.seeds])
        sound = np.isfinite(found.forward).all(axis=1) & np.isfinite(found.backward).all(axis=1)
        sound &= (deep.descent.status != Status.DIVERGED).numpy()
        in_the_end = trained_table(found._replace(forward=found.forward[sound], backward=found.backward[sound]))
        frames = [frame for frame in (at_first, in_the_end) if len(frame)]
        return pd.concat(frames, ignore_index=True), growth

    def _about(self, cell: Cell, deep: Training) -> dict[str, Any]:
        return {
            **cell.names,
            "study": self.name,
            "seeds": cell.seeds,
            "networks": cell.seeds * self.draws,
            "steps": cell.steps,
            "depth": deep.depth,
            "width": deep.network.widths[1],
            "chance": 1 / deep.network.widths[-1],
            "activation": deep.network.activation,
            "best_learning_rate": deep.learning_rate,
            "minimum": None,
            "target": None,
            "tuning_metric": cell.problem.tuning_metric,
        }

    def gather(self, cells: Sequence[Result]) -> Result:
        """All cells' tables with their initialization and activation, and the verdicts."""
        tables: Tables = {}
        for name in GATHERED:
            tables[name] = concat_tables(cells, name, ("init", "activation", "problem", "method"))
        tables["verdicts"], missing = verdicts(self.claims, tables)
        first = cells[0].about
        about = {key: first[key] for key in ("profile", "seeds", "steps", "networks", "depth", "width", "chance")}
        return Result(tables=tables, metrics={}, missing=missing, about={"study": self.name, **about})

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Test accuracy of the best initialization in the deepest network, for each activation."""
        accuracy = gathered.tables["accuracy"]
        deepest = accuracy[accuracy["depth"] == accuracy["depth"].max()].sort_values(
            "accuracy", ascending=False, kind="stable"
        )
        return [
            (
                "best_test_accuracy_of_the_deepest",
                row["accuracy"],
                row["accuracy_low"],
                row["accuracy_high"],
                "share",
                f"{row['init']}, {row['activation']}, {row['depth']} hidden layers",
            )
            for row in deepest.drop_duplicates("activation").to_dict("records")
        ]

    def answer(self, gathered: Result) -> Tables:
        """Accuracy by depth, growth per layer, and the verdicts."""
        accuracy, growth = gathered.tables["accuracy"], gathered.tables["growth"]
        index = ["activation", "init"]
        by_depth = accuracy.pivot_table(index=index, columns="depth", values="accuracy", sort=False)
        decades = growth.pivot_table(index=index, columns="direction", values="decades", sort=False)
        columns = ["claim", "settings", "estimate", "low", "high", "verdict"]
        found = {
            f"{self.question} Median test accuracy by number of hidden layers:": by_depth.reset_index(),
            "Growth of the mean square per layer, in decades:": decades.reset_index(),
            "Claims:": gathered.tables["verdicts"][columns],
        }
        return {title: table for title, table in found.items() if len(table)}


def own_metrics(tables: Tables) -> dict[str, float]:
    """End metrics of this study alone, some of which may not be finite."""
    accuracy, growth, symmetry = (tables[name] for name in ("accuracy", "growth", "symmetry"))
    found = {
        f"test_accuracy_depth_{depth}": float(share)
        for depth, share in zip(accuracy["depth"], accuracy["accuracy"], strict=True)
    }
    for direction, decades in zip(growth["direction"], growth["decades"], strict=True):
        found[f"{direction}_decades_a_layer"] = float(decades)
    found["distinct_units"] = float(symmetry.groupby("seed")["distinct_units"].last().mean())
    return found
