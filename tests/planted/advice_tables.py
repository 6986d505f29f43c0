"""Measured comparisons and tables of results with a known best method."""

import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from src.advice.comparisons import Comparison
from src.advice.traits import Traits, exactly

SEEDS = 12


def traits(dimension=1.0, ruggedness=0.0, noise=-3.0, kind="box"):
    numbers = {"dimension": dimension, "ruggedness": ruggedness, "noise": noise}
    return Traits(kind, kind != "bits", {name: exactly(value) for name, value in numbers.items()})


def comparison(problem, order, at=None, *, study="planted", spread=0.3, budget=1000):
    """Methods in ``order``, the fastest first: times 100, 200, … with noise, so that few pairs go the other way."""
    random = np.random.default_rng(zlib.crc32(problem.encode()))
    places = np.arange(1, len(order) + 1)[:, None]
    times = 100.0 * places * np.exp(spread * random.standard_normal((len(order), SEEDS)))
    return Comparison(
        study=study,
        problem=problem,
        condition="",
        dimension=None,
        methods=tuple(order),
        times=times,
        scores=np.zeros_like(times),
        budget=budget,
        profile="full",
        minimum=0.0,
        tolerance=1e-3,
        traits=at or traits(),
    )


def summary(problem, dimension, order, *, seeds=SEEDS):
    """Rows of a study's ``summary``: each method reaches the target later than the one before, on every seed."""
    rows = [
        {
            "split": "test",
            "seed": seed,
            "steps": 500 * dimension,
            "final_loss": 0.0,
            "steps_to_target": 10.0 * (place + 1) + seed,
            "dimension": dimension,
            "problem": problem,
            "method": method,
        }
        for place, method in enumerate(order)
        for seed in range(seeds)
    ]
    return pd.DataFrame(rows)


def write_results(folder: Path, study: str, *summaries: pd.DataFrame, **others: pd.DataFrame) -> None:
    (folder / "results" / study).mkdir(parents=True)
    for name, table in {"summary": pd.concat(summaries), **others}.items():
        table.to_csv(folder / "results" / study / f"{name}.csv", index=False)
