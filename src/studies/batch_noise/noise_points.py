"""Gradient noise at fixed points: along a reference descent, and at a given point."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.streams import Seed, seeds
from src.engine.descend import DescentLoop
from src.studies.batch_noise.budget import steps_of
from src.studies.batch_noise.descents import BatchCell, hitting_times
from src.studies.batch_noise.gradient_noise import WORKERS, draw_stream, measure
from src.tables.run_tables import objective

GIVEN = "given point"


def reference_points(
    batch_cell: BatchCell, batch: int, parts: int
) -> tuple[list[tuple[float, torch.Tensor]], np.ndarray]:
    """Points of a reference descent from the start to the target, the same for every batch size that is studied.

    The reference takes ``batch`` samples per step at the reference rate. Its points lie at equal shares of the steps
    in which it reaches the target, or of its whole budget where it does not.

    Returns:
        ``parts`` + 1 pairs: the share of the descent, from 0 to 1, and the seeds' points there, shape (S, D); and
        whether each seed reached the target, shape (S,).
    """
    problem: Any = batch_cell.cell.problem
    batch = min(batch, problem.size)
    problem = replace(problem, batch_size=batch)
    drawn = noise_seeds(batch_cell)
    steps = steps_of(batch_cell.budget.reference_epochs * batch_cell.share, problem.size, batch)
    loop = DescentLoop(
        problem=problem,
        optimizer=batch_cell.cell.optimizer,
        schedule=batch_cell.cell.schedule,
        stopping=batch_cell.cell.stopping,
        steps=steps,
        evaluate_every=max(1, problem.size // batch // batch_cell.budget.evaluations_per_epoch),
        paths=len(drawn),
    )
    rate = torch.tensor([batch_cell.budget.reference_rate], dtype=problem.dtype)
    descent = loop.run(batch_cell.cell.start.draw(problem, drawn), rate, drawn)
    series = descent.series[objective(descent)]
    target = np.nan if problem.target is None else problem.target
    reached, _ = hitting_times(
        series.steps.numpy(), series.values.numpy().astype(np.float64), target, batch_cell.budget.confirmations
    )
    there = np.isfinite(reached)
    ends = np.where(there, np.ceil(np.where(there, reached, 0)), steps)
    rows = torch.arange(len(drawn))
    shares = np.linspace(0, 1, parts + 1)
    at_share = {float(share): torch.from_numpy(np.rint(share * ends).astype(int)) for share in shares}
    return [(share, descent.path[step, rows]) for share, step in at_share.items()], there


def noise_seeds(batch_cell: BatchCell) -> list[Seed]:
    """The test seeds at whose points the noise is measured."""
    return seeds(min(batch_cell.budget.noise_seeds, batch_cell.cell.seeds), "test", batch_cell.cell.root_seed)


def noise_table(
    batch_cell: BatchCell, points: list[tuple[float, torch.Tensor]], reached: np.ndarray, given: torch.Tensor | None
) -> pd.DataFrame:
    """One row per seed and point.

    Columns: ``batch``, ``point``, ``progress`` (NaN: the given point), ``reached``, and those of Noise.

    Args:
        batch_cell: the batch size and its problem.
        points: points of the reference descent.
        reached: whether the reference reached the target, shape (S,).
        given: one more point, shape (D,), the same for all seeds.
    """
    drawn = noise_seeds(batch_cell)
    draws = max(WORKERS, round(batch_cell.budget.draws * batch_cell.share))
    every = [(f"{progress:.0%} of the way", progress, theta) for progress, theta in points]
    if given is not None:
        every.append((GIVEN, np.nan, given.expand(len(drawn), -1)))
    streams = [draw_stream(seed, batch_cell.batch) for seed in drawn]
    rows = []
    for name, progress, theta in every:
        for seed, stream, there, row in zip(drawn, streams, reached, theta, strict=True):
            noise = measure(batch_cell.cell.problem, row, batch_cell.batch, draws, stream)
            place = {
                "batch": batch_cell.batch,
                "point": name,
                "progress": progress,
                "seed": seed.number,
                "reached": bool(there),
            }
            rows.append(place | noise._asdict())
    return pd.DataFrame(rows)
