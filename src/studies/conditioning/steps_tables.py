"""Tables of the steps to the target: medians, exponents of the condition number, and theory's steps."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from src.core.optimizer import Optimizer
from src.core.result import Result
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.statistics.intervals import bootstrap
from src.statistics.scaling import power_law
from src.studies.conditioning.quadratic_theory import fastest, steps_to_shrink

THEORY: dict[str, Optimizer] = {"gd": GradientDescent(), "momentum": Momentum(beta=0.0)}
# The quadratics' flattest coordinate begins 1 from the minimum in the median; at sqrt(2 tolerance) it has arrived.
SHRINK = (2 * 1e-4) ** 0.5
LEAST_CONDITION = 10.0  # exponents are fitted from here on: at 1 the steps have reached their floor


def find_cell(cells: Sequence[Result], problem: str, method: str) -> Result | None:
    """The cell of ``method`` on ``problem``; None when it was not run."""
    for cell in cells:
        if (cell.about["problem"], cell.about["method"]) == (problem, method):
            return cell
    return None


def steps_to_target(cell: Result) -> np.ndarray:
    """Steps to the target of each test seed, shape (S,); inf where the target was not reached."""
    summary = cell.tables["summary"]
    found: np.ndarray = (
        summary.loc[summary["split"] == "test", "steps_to_target"].fillna(np.inf).to_numpy(dtype=float)
    )
    return found


def condition_steps(cells: Sequence[Result], families: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Median steps to the target with a bootstrap interval; one row per family of a problem."""
    rows = []
    for cell in cells:
        problem = cell.about["problem"]
        taken = steps_to_target(cell)
        middle, low, high = bootstrap(taken)
        own = [family for family, members in families.items() if problem in members] or ["other"]
        rows += [
            {
                "problem": problem,
                "method": cell.about["method"],
                "family": family,
                "condition": np.nan if cell.about["condition"] is None else cell.about["condition"],
                "steps": middle,
                "steps_low": low,
                "steps_high": high,
                "success_rate": float(np.isfinite(taken).mean()),
                "learning_rate": cell.about["best_learning_rate"],
                "memory": np.nan if cell.about["memory"] is None else cell.about["memory"],
                "learning_rate_at_edge": cell.about["learning_rate_at_edge"],
                "memory_at_edge": cell.about["memory_at_edge"],
            }
            for family in own
        ]
    return pd.DataFrame(rows)


def condition_exponents(cells: Sequence[Result], families: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Exponent of the condition number in the steps, with a bootstrap interval over seeds."""
    rows = []
    for family, members in families.items():
        for method in dict.fromkeys(str(cell.about["method"]) for cell in cells):
            found = [cell for name in members if (cell := find_cell(cells, name, method)) is not None]
            found = [cell for cell in found if (cell.about["condition"] or 0) >= LEAST_CONDITION * (1 - 1e-6)]
            if len(found) < 2:
                continue
            x = [cell.about["condition"] for cell in found]
            fit = power_law(x, np.stack([steps_to_target(cell) for cell in found], axis=1))
            row = {"family": family, "method": method, "exponent": fit.value}
            ends = {"exponent_low": fit.low, "exponent_high": fit.high, "from": min(x), "to": max(x)}
            rows.append(row | ends)
    return pd.DataFrame(rows)


def condition_theory(largest: float) -> pd.DataFrame:
    """Steps of theory's best settings, transients left out: the lines beside which measured steps are drawn."""
    rows = []
    for name, method in THEORY.items():
        for condition in np.geomspace(1.0, largest, 41)[1:]:
            best = fastest(method, 1.0, condition)
            assert best is not None
            rows.append((name, condition, steps_to_shrink(best.decay, SHRINK)))
    return pd.DataFrame(rows, columns=["method", "condition", "steps"])
