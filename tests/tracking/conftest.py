"""Finished run directories, as the store of runs writes them, and stores that cost nothing to make."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from src.tracking.store import Store

STUDY = "optimizer_comparison"


def write_run(root: Path, identity: str = "0a1b2c3d", steps: int = 1000, **changes: Any) -> Path:
    """One finished run: two metrics of which one diverges at the end, and two figures."""
    directory = root / identity
    (directory / "figures").mkdir(parents=True)
    step = np.arange(steps + 1)
    median = np.exp(-step / steps)
    late = np.where(step > 0.8 * steps, np.inf, 2 * median)
    curves = [
        pd.DataFrame({"metric": metric, "step": step, "q25": median / 2, "median": median, "q75": late})
        for metric in ("loss", "grad_norm")
    ]
    pd.concat(curves).to_csv(directory / "curves.csv", index=False)
    pd.DataFrame({"split": "test", "seed": range(3), "final_loss": [0.1, 0.2, np.inf]}).to_csv(
        directory / "summary.csv", index=False
    )
    for name in ("loss_band", "rates"):
        (directory / "figures" / f"{name}.png").write_bytes(b"\x89PNG" + bytes(2000))
    (directory / "config.yaml").write_text("seeds: 30\n")
    run: dict[str, Any] = {
        "identity": identity,
        "name": "adam on rosenbrock",
        "study": STUDY,
        "kind": "cell",
        "status": "finished",
        "params": {"optimizer": "adam", "stopping": None, "seeds": 30, "problem.lower[0]": -2.0, "edge": False},
        "metrics": {"final_loss": 0.125, "solved": 1.0},
        "missing": {"steps_to_target": "fewer than half of the seeds reached the target"},
        "tags": {"problem": "rosenbrock", "method": "adam", "git.revision": "a" * 40, "git.dirty": "false"},
        "note": "**adam** on rosenbrock",
        "traceback": None,
        "started": 1_700_000_000.25,
        "ended": 1_700_000_010.5,
    }
    (directory / "run.json").write_text(json.dumps(run | changes))
    return directory


@pytest.fixture(autouse=True)
def _keep_environment() -> Iterator[None]:
    """A store sets MLflow's environment; no other test may notice."""
    before = dict(os.environ)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Store:
    """A prepared store."""
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    made = Store(f"sqlite:///{tmp_path / 'mlflow.db'}")
    made.prepare(STUDY, "Is Adam fastest?")
    return made


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """``write_run`` into this test's folder."""
    return lambda *args, **changes: write_run(tmp_path / "runs", *args, **changes)
