"""Expected loss under gradient noise: the heavy ball on a quadratic, under any schedule."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.core.result import Result
from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.problems.quadratic import Quadratic
from src.protocol.study import Cell
from src.starts.normal import Normal
from src.statistics.heavy_ball_noise import expected_loss, loss_floor
from src.statistics.intervals import bootstrap, mean

THEORY = (
    "learning_rate",
    "expected",  # loss after the whole budget, under the cell's schedule
    "floor",  # stationary loss at a constant learning rate, whatever the schedule
)
NOISE = (
    "problem",
    "method",
    "schedule",
    "learning_rate",
    "mean",  # final loss over the tuning seeds
    "low",  # 95 % interval of the mean
    "high",
    "expected",  # by theory; NaN where the theory does not apply
)
FINENESS = 4  # learning rates of the theory per learning rate of the tuning grid, which is a part of them


def theory_table(cell: Cell, noise_sd: float) -> pd.DataFrame | None:
    """Expected final losses by learning rate, columns ``THEORY``; None for a cell outside the theory.

    Args:
        cell: cell of the grid; the theory needs a normal start, whose second moments are known.
        noise_sd: standard deviation of the noise of each coordinate of the gradient.
    """
    method, problem = cell.optimizer, cell.problem
    known = isinstance(method, Momentum | GradientDescent) and isinstance(problem, Quadratic)
    if not known or not isinstance(cell.start, Normal):
        return None
    assert isinstance(problem, Quadratic)
    beta = method.beta if isinstance(method, Momentum) else 0.0
    hessian = 2 * np.asarray(problem.curvatures)
    moment = np.full(len(hessian), cell.start.centre**2 + cell.start.scale**2)
    rates = np.geomspace(cell.tuning.lowest, cell.tuning.highest, FINENESS * (cell.tuning.rates - 1) + 1)
    factors = [cell.schedule.factor(step) for step in range(cell.steps)]
    expected = expected_loss(hessian, moment, noise_sd, beta, rates, factors)
    columns = (rates, expected, loss_floor(hessian, noise_sd, beta, rates))
    return pd.DataFrame(dict(zip(THEORY, columns, strict=True)))


def noise_table(cells: Sequence[Result]) -> pd.DataFrame:
    """Mean final losses of the tuning seeds by learning rate, on the theory's problems; columns ``NOISE``."""
    with_theory = {cell.about["problem"] for cell in cells if "theory" in cell.tables}
    rows = []
    for cell in cells:
        summary = cell.tables["summary"]
        if cell.about["problem"] not in with_theory:
            continue
        theory = cell.tables.get("theory", pd.DataFrame(columns=list(THEORY), dtype=float))
        names = (cell.about["problem"], cell.about["method"], cell.about["schedule"])
        tuning = summary[summary["split"] == "tuning"]
        for rate in np.unique(tuning["learning_rate"].to_numpy(float)):
            losses = tuning.loc[tuning["learning_rate"] == rate, "final_loss"].to_numpy(float)
            same = np.isclose(theory["learning_rate"].to_numpy(float), rate, rtol=1e-6, atol=0)
            expected = theory["expected"].to_numpy(float)[same]
            rows.append((*names, rate, *bootstrap(losses, mean), expected[0] if same.any() else np.nan))
    return pd.DataFrame(rows, columns=list(NOISE))


def agreement_with_theory(noise: pd.DataFrame) -> dict[str, float]:
    """Median ratio of measured means to the expected ones, and the share of intervals that hold the latter."""
    known = noise[np.isfinite(noise["expected"].to_numpy(float)) & np.isfinite(noise["mean"].to_numpy(float))]
    if known.empty:
        return {}
    inside = (known["low"] <= known["expected"]) & (known["expected"] <= known["high"])
    return {
        "theory_ratio": float((known["mean"] / known["expected"]).median()),
        "theory_covered": float(inside.mean()),
    }
