"""Gradient noise at fixed points: on the way of a reference descent, and at a given point."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.streams import Seed, seeds
from src.engine.descend import DescentLoop
from src.studies.batch_noise.budget import steps_of
from src.studies.batch_noise.descents import BatchCell, crossings
from src.studies.batch_noise.gradient_noise import WORKERS, draw_stream, measure
from src.tables.run_tables import objective

GIVEN = "given point"


def reference_points(at: BatchCell, batch: int, parts: int) -> tuple[list[tuple[float, torch.Tensor]], np.ndarray]:
    """Points on the way from start to target, alike for every batch size that is studied.

    The reference descends with ``batch`` samples a step at the reference rate. Its points lie at equal shares of the
    steps in which it reaches the target, or of its whole budget where it does not.

    Returns:
        ``parts`` + 1 pairs: the share of the way, from 0 to 1, and the seeds' points there, shape (S, D); and whether
        each seed reached the target, shape (S,).
    """
    problem: Any = at.cell.problem
    batch = min(batch, problem.size)
    problem = replace(problem, batch_size=batch)
    drawn = noise_seeds(at)
    steps = steps_of(at.budget.reference_epochs * at.share, problem.size, batch)
    loop = DescentLoop(
        problem=problem,
        optimizer=at.cell.optimizer,
        schedule=at.cell.schedule,
        stopping=at.cell.stopping,
        steps=steps,
        evaluate_every=max(1, problem.size // batch // at.budget.evaluations_per_epoch),
        paths=len(drawn),
    )
    rate = torch.tensor([at.budget.reference_rate], dtype=problem.dtype)
    descent = loop.run(at.cell.start.draw(problem, drawn), rate, drawn)
    series = descent.series[objective(descent)]
    target = np.nan if problem.target is None else problem.target
    reached, _ = crossings(
        series.steps.numpy(), series.values.numpy().astype(np.float64), target, at.budget.confirmations
    )
    there = np.isfinite(reached)
    ends = np.where(there, np.ceil(np.where(there, reached, 0)), steps)
    rows = torch.arange(len(drawn))
    shares = np.linspace(0, 1, parts + 1)
    at_share = {float(share): torch.from_numpy(np.rint(share * ends).astype(int)) for share in shares}
    return [(share, descent.path[step, rows]) for share, step in at_share.items()], there


def noise_seeds(at: BatchCell) -> list[Seed]:
    """The test seeds at whose points the noise is measured."""
    return seeds(min(at.budget.noise_seeds, at.cell.seeds), "test", at.cell.root_seed)


def noise_table(
    at: BatchCell, points: list[tuple[float, torch.Tensor]], reached: np.ndarray, given: torch.Tensor | None
) -> pd.DataFrame:
    """One row a seed and point.

    Columns: ``batch``, ``point``, ``progress`` (NaN: the given point), ``reached``, and those of Noise.

    Args:
        at: the batch size and its problem.
        points: on the way of the reference.
        reached: whether it came to the target, shape (S,).
        given: one more point, shape (D,), the same for all seeds.
    """
    drawn = noise_seeds(at)
    draws = max(WORKERS, round(at.budget.draws * at.share))
    every = [(f"{progress:.0%} of the way", progress, theta) for progress, theta in points]
    if given is not None:
        every.append((GIVEN, np.nan, given.expand(len(drawn), -1)))
    streams = [draw_stream(seed, at.batch) for seed in drawn]
    rows = []
    for name, progress, theta in every:
        for seed, stream, there, row in zip(drawn, streams, reached, theta, strict=True):
            noise = measure(at.cell.problem, row, at.batch, draws, stream)
            place = {
                "batch": at.batch,
                "point": name,
                "progress": progress,
                "seed": seed.number,
                "reached": bool(there),
            }
            rows.append(place | noise._asdict())
    return pd.DataFrame(rows)
