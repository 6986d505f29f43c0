"""What theory expects of a cell whose gradient is noisy: the heavy ball on a quadratic, under any schedule."""

import numpy as np
import pandas as pd

from src.optimizers.gd import GradientDescent
from src.optimizers.momentum import Momentum
from src.problems.quadratic import Quadratic
from src.starts.uniform import Uniform
from src.statistics.heavy_ball_noise import expected_loss, loss_floor
from src.studies.study import Cell

THEORY = (
    "rate",
    "expected",  # loss after the whole budget, under the cell's schedule
    "floor",  # loss at which it would settle at a constant rate, whatever the schedule
)
RATES = 61  # rates between the ends of the tuning grid


def theory_table(cell: Cell, noise_sd: float) -> pd.DataFrame | None:
    """Expected final losses against the rate, columns ``THEORY``; None for a cell of which theory says nothing.

    Args:
        cell: its start must be uniform over the problem's box, whose second moments are then known.
        noise_sd: standard deviation of the noise of each coordinate of the gradient.
    """
    method, problem = cell.optimizer, cell.problem
    known = isinstance(method, Momentum | GradientDescent) and isinstance(problem, Quadratic)
    if not known or not isinstance(cell.start, Uniform) or (cell.start.lower, cell.start.upper) != (None, None):
        return None
    assert isinstance(problem, Quadratic)
    beta = method.beta if isinstance(method, Momentum) else 0.0
    hessian = 2 * np.asarray(problem.curvatures)
    lower, upper = (edge.numpy() for edge in problem.box())
    moment = (lower**2 + lower * upper + upper**2) / 3
    rates = np.geomspace(cell.tuning.lowest, cell.tuning.highest, RATES)
    factors = [cell.schedule.factor(step) for step in range(cell.steps)]
    expected = expected_loss(hessian, moment, noise_sd, beta, rates, factors)
    columns = (rates, expected, loss_floor(hessian, noise_sd, beta, rates))
    return pd.DataFrame(dict(zip(THEORY, columns, strict=True)))
