"""Gradient noise at fixed points: on the way of a reference descent, and at a given point."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from src.core.streams import Seed, seeds
from src.engine.descend import Descender
from src.studies.batch_budget import steps_of
from src.studies.batch_descents import BatchCell, crossings
from src.studies.gradient_noise import WORKERS, draw_stream, measure
from src.studies.replicates import objective

GIVEN = "given point"


def reference_points(at: BatchCell, batch: int, parts: int) -> list[tuple[float, torch.Tensor]]:
    """Points on the way from start to target, alike for every batch size that is studied.

    The reference descends with ``batch`` samples a step at the shared rate. Its points lie at equal shares of the
    steps in which it reaches the target, or of its whole budget where it does not.

    Returns:
        ``parts`` + 1 pairs: the share of the way, from 0 to 1, and the seeds' points there, shape (S, D).
    """
    problem: Any = at.cell.problem
    batch = min(batch, problem.size)
    problem = replace(problem, batch_size=batch)
    drawn = noise_seeds(at)
    steps = steps_of(at.budget.shared_epochs * at.share, problem.size, batch)
    loop = Descender(
        problem=problem,
        optimizer=at.cell.optimizer,
        schedule=at.cell.schedule,
        stopping=at.cell.stopping,
        steps=steps,
        evaluate_every=max(1, problem.size // batch // at.budget.looks),
        paths=len(drawn),
    )
    rate = torch.tensor([at.budget.shared_rate], dtype=problem.dtype)
    descent = loop.run(at.cell.start.draw(problem, drawn), rate, drawn)
    series = descent.series[objective(descent)]
    target = np.nan if problem.target is None else problem.target
    reached, _ = crossings(series.steps.numpy(), series.values.numpy().astype(np.float64), target, at.budget.stay)
    ends = np.where(np.isfinite(reached), np.ceil(np.where(np.isfinite(reached), reached, 0)), steps)
    rows = torch.arange(len(drawn))
    shares = np.linspace(0, 1, parts + 1)
    return [
        (float(share), descent.path[torch.from_numpy(np.rint(share * ends).astype(int)), rows]) for share in shares
    ]


def noise_seeds(at: BatchCell) -> list[Seed]:
    """The test seeds at whose points the noise is measured."""
    return seeds(min(at.budget.noise_seeds, at.cell.seeds), "test", at.cell.root)


def noise_table(at: BatchCell, points: list[tuple[float, torch.Tensor]], given: torch.Tensor | None) -> pd.DataFrame:
    """One row a seed and point: columns ``batch``, ``point``, ``progress`` (NaN: the given point), those of Noise.

    Args:
        at: the batch size and its problem.
        points: as of ``reference_points``.
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
        for seed, stream, row in zip(drawn, streams, theta, strict=True):
            noise = measure(at.cell.problem, row, at.batch, draws, stream)
            place = {"batch": at.batch, "point": name, "progress": progress, "seed": seed.number}
            rows.append(place | noise._asdict())
    return pd.DataFrame(rows)
