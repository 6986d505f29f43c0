"""Fitted decay of the error on a quadratic: at the setting that theory calls best, and around it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from src.core.optimizer import Optimizer
from src.core.status import Status
from src.core.streams import seeds
from src.engine.descend import DescentLoop
from src.optimizers.momentum import Momentum
from src.optimizers.nesterov import Nesterov
from src.protocol.study import Cell
from src.statistics.decay import fit_decay
from src.studies.conditioning.quadratic_theory import Fastest, steps_to_shrink

COLUMNS = ("memory", "memory_factor", "learning_rate", "rate_factor", "seed", "decay", "power", "steps")


def decay_table(
    cell: Cell,
    best: Fastest,
    *,
    rate_factors: tuple[float, ...],
    memory_factors: tuple[float, ...],
    shrink_to: float,
    most_steps: int,
    count: int,
) -> pd.DataFrame:
    """Decay and power of the distance to the minimum, which lies at the origin, for settings around ``best``.

    Args:
        cell: the problem and where it begins.
        best: theory's setting.
        rate_factors: factors on its rate; among them 1.
        memory_factors: factors on ``1 - sqrt(beta)``, on which heavy ball's decay depends linearly; among them 1.
            A method without beta is run once.
        shrink_to: how small the error is to become at theory's decay.
        most_steps: cap on the budget that follows.
        count: number of test seeds.

    Returns:
        Columns ``COLUMNS``, a row for each setting and seed; NaN where it diverged or the error reached 0.
    """
    steps = int(min(max(steps_to_shrink(best.decay, shrink_to), 60), most_steps))
    rates = best.learning_rate * np.asarray(rate_factors)
    drawn = seeds(count, "test", cell.root_seed)
    start = cell.start.draw(cell.problem, drawn)
    parts = []
    for factor, beta, method in _around(best.optimizer, memory_factors):
        loop = DescentLoop(
            problem=cell.problem,
            optimizer=method,
            schedule=cell.schedule,
            # The tail is what is fitted: no row may end before it.
            stopping=replace(cell.stopping, gradient_tolerance=0.0),
            steps=steps,
            evaluate_every=steps,
            device=torch.device(cell.device),
        )
        descent = loop.run(start, torch.as_tensor(rates, dtype=cell.problem.dtype), drawn)
        found = fit_decay(descent.series["param_norm"].values.numpy())
        # The engine holds a diverged row still, which is no decay.
        diverged = (descent.status == Status.DIVERGED).numpy()
        parts.append(
            pd.DataFrame(
                {
                    "memory": beta,
                    "memory_factor": factor,
                    "learning_rate": np.tile(rates, count),
                    "rate_factor": np.tile(rate_factors, count),
                    "seed": np.repeat(np.arange(count), len(rates)),
                    "decay": np.where(diverged, np.nan, found.rate),
                    "power": np.where(diverged, np.nan, found.power),
                    "steps": steps,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _around(optimizer: Optimizer, factors: tuple[float, ...]) -> list[tuple[float, float, Optimizer]]:
    """Factor, beta and method; betas that leave [0, 1) are left out."""
    if not isinstance(optimizer, Momentum | Nesterov):
        return [(1.0, np.nan, optimizer)]
    beta = optimizer.beta
    gaps = [(factor, factor * (1 - np.sqrt(beta))) for factor in factors]
    return [
        (factor, value := beta if factor == 1 else (1 - gap) ** 2, replace(optimizer, beta=value))
        for factor, gap in gaps
        if gap < 1
    ]


def at_theory(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a decay table at the setting that theory calls best."""
    return table[(table["rate_factor"] == 1) & (table["memory_factor"] == 1)]
