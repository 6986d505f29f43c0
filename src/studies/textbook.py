"""What do the textbook's own demonstrations show, run exactly as they were set?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from src.studies.comparison import Comparison, about_sweep, labelled
from src.studies.study import Measured, Tables


@dataclass(frozen=True, kw_only=True)
class Textbook(Comparison):
    """Fixed rates, starts and budgets; no tuning and hence no ranking: only what each setting ends at."""

    def gather(self, cells: Sequence[Measured]) -> Measured:
        """One row a setting: where it ended, and how often it crossed the valley."""
        rows = [
            {
                "problem": cell.about["problem"],
                "optimizer": cell.about["optimizer"],
                "rate": cell.about["best_rate"],
                "steps": cell.about["steps"],
                "final_loss": cell.metrics.get("final_loss", np.nan),
                "sign_changes": _sign_changes(cell.tables.get("paths")),
            }
            for cell in cells
        ]
        tables: Tables = {name: labelled(cells, name) for name in ("summary", "curves")} | {
            "settings": pd.DataFrame(rows)
        }
        return Measured(tables=tables, metrics={}, about=about_sweep(self.name, cells))

    def answer(self, gathered: Measured) -> Tables:
        """Where each setting ended."""
        return {self.question: gathered.tables["settings"]}


def _sign_changes(paths: pd.DataFrame | None) -> float:
    """How often the first seed's x changed its sign (0 has none); NaN without a path."""
    if paths is None:
        return np.nan
    # A descent that lands on the axis stays within rounding of it, and the sign of rounding is no crossing.
    x = paths.loc[paths["seed"] == 0, "x"].to_numpy()
    signs = np.sign(x[np.abs(x) > 1e-12])
    return float((signs[1:] != signs[:-1]).sum())
