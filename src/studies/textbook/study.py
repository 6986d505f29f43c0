"""The textbook's demonstrations, run with the settings of the textbook."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from src.core.result import Result, Tables
from src.protocol.answers import row_without_value
from src.protocol.comparison import Comparison, about_sweep
from src.tables.concat_tables import concat_tables


@dataclass(frozen=True, kw_only=True)
class Textbook(Comparison):
    """Fixed learning rates, starts and budgets: nothing is tuned, so the settings are listed and not ranked."""

    of_all_seeds = None  # the table of its settings is of end metrics

    def gather(self, cells: Sequence[Result]) -> Result:
        """One row per setting: its final loss, and the number of times that its path crosses the valley."""
        rows = [
            {
                "problem": cell.about["problem"],
                "method": cell.about["method"],
                "learning_rate": cell.about["best_learning_rate"],
                "steps": cell.about["steps"],
                "final_loss": cell.metrics.get("final_loss", np.nan),
                "sign_changes": _sign_changes(cell.tables.get("paths")),
            }
            for cell in cells
        ]
        tables: Tables = {name: concat_tables(cells, name) for name in ("summary", "curves")}
        tables["settings"] = pd.DataFrame(rows)
        return Result(tables=tables, metrics={}, about=about_sweep(self.name, cells))

    def headline(self, gathered: Result) -> list[tuple[object, ...]]:
        """Final losses of the first settings that did not diverge."""
        settings = gathered.tables["settings"]
        rows: list[tuple[object, ...]] = [
            (
                "final_loss", row["final_loss"], np.nan, np.nan, "1",
                f"{row['method']} on {row['problem']}, learning rate {row['learning_rate']:g}, "
                f"budget {row['steps']} steps",
            )
            for row in settings[np.isfinite(settings["final_loss"])].head(4).to_dict("records")
        ]  # fmt: skip
        return rows or [row_without_value("final_loss", "1", "every setting of the sweep diverged")]

    def answer(self, gathered: Result) -> Tables:
        """The final loss of each setting."""
        return {self.question: gathered.tables["settings"]}


def _sign_changes(paths: pd.DataFrame | None) -> float:
    """Number of times that the first seed's x changed its sign (0 has none); NaN without a path."""
    if paths is None:
        return np.nan
    # A descent that lands on the axis stays within rounding of it, and the sign of rounding is no crossing.
    x = paths.loc[paths["seed"] == 0, "x"].to_numpy()
    signs = np.sign(x[np.abs(x) > 1e-12])
    return float((signs[1:] != signs[:-1]).sum())
