"""What theory expects of a cell whose gradient is noisy: the heavy ball on a quadratic, under any schedule."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.problems.quadratic import Quadratic
from src.starts.normal import Normal
from src.statistics.heavy_ball_noise import expected_loss, loss_floor
from src.statistics.intervals import bootstrap, mean
from src.studies.study import Cell, Measured

THEORY = (
    "rate",
    "expected",  # loss after the whole budget, under the cell's schedule
    "floor",  # loss at which it would settle at a constant rate, whatever the schedule
)
NOISE = (
    "problem",
    "method",
    "schedule",
    "rate",
    "mean",  # final loss over the tuning seeds
    "low",  # its 95 % interval
    "high",
    "expected",  # by theory; NaN where it says nothing
)
FINENESS = 4  # rates of theory to each of the tuning grid, which are among them


def theory_table(cell: Cell, noise_sd: float) -> pd.DataFrame | None:
    """Expected final losses against the rate, columns ``THEORY``; None for a cell of which theory says nothing.

    Args:
        cell: its start must be normal, whose second moments are known.
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


def noise_table(cells: Sequence[Measured]) -> pd.DataFrame:
    """Mean final losses of the tuning seeds at each rate, on problems of which theory speaks; columns ``NOISE``."""
    spoken = {cell.about["problem"] for cell in cells if "theory" in cell.tables}
    rows = []
    for cell in cells:
        summary = cell.tables["summary"]
        if cell.about["problem"] not in spoken:
            continue
        theory = cell.tables.get("theory", pd.DataFrame(columns=list(THEORY), dtype=float))
        names = (cell.about["problem"], cell.about["method"], cell.about["schedule"])
        tuning = summary[summary["split"] == "tuning"]
        for rate in np.unique(tuning["rate"].to_numpy(float)):
            losses = tuning.loc[tuning["rate"] == rate, "final_loss"].to_numpy(float)
            same = np.isclose(theory["rate"].to_numpy(float), rate, rtol=1e-6, atol=0)
            expected = theory["expected"].to_numpy(float)[same]
            rows.append((*names, rate, *bootstrap(losses, mean), expected[0] if same.any() else np.nan))
    return pd.DataFrame(rows, columns=list(NOISE))


def agreement_with_theory(noise: pd.DataFrame) -> dict[str, float]:
    """Median ratio of measured means to what theory expects, and the share of intervals that hold it."""
    known = noise[np.isfinite(noise["expected"].to_numpy(float)) & np.isfinite(noise["mean"].to_numpy(float))]
    if known.empty:
        return {}
    inside = (known["low"] <= known["expected"]) & (known["expected"] <= known["high"])
    return {
        "theory_ratio": float((known["mean"] / known["expected"]).median()),
        "theory_covered": float(inside.mean()),
    }
