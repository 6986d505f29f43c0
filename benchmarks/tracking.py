"""Share of a study's time that goes into logging to MLflow."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measurement import Measurement
from src.tracking.log_run import log_run
from src.tracking.store import Store

ROOT = Path(__file__).resolve().parents[1]
STUDY = "optimizer_comparison"


def run_cells(here: Path, overrides: Sequence[str]) -> list[Path]:
    """Run the study's cells in ``here`` by the command, one process; their run directories."""
    done = subprocess.run(
        [sys.executable, "-m", "src.run", f"+study={STUDY}", "hydra.launcher.n_jobs=1", *overrides],
        cwd=here,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MLFLOW_TRACKING_URI": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the study did not run:\n{done.stdout}{done.stderr}")
    records = [path for path in (here / "runs").glob("*/run.json") if json.loads(path.read_text())["kind"] == "cell"]
    return [path.parent for path in sorted(records)]


def processing(directory: Path) -> float:
    """Seconds from the start of a run's measurement until its tables are about to be written."""
    record = json.loads((directory / "run.json").read_text())
    return float(record["ended"] - record["started"])


def seconds_to_log(directories: Sequence[Path], database: Path) -> float:
    """Seconds to log ``directories`` to a new sqlite store, without making the store."""
    database.parent.mkdir()
    store = Store(f"sqlite:///{database}")
    store.prepare(STUDY, "")
    began = time.perf_counter()
    for directory in directories:
        log_run(store, directory, "benchmark")
    return time.perf_counter() - began


def share(overrides: Sequence[str] = ("optimizer=adam",), most: float = 0.2) -> Measurement:
    """Wall-clock share of the logging over a part of the study's grid: Adam on all its problems by default."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        directories = run_cells(here, overrides)
        worked = sum(processing(directory) for directory in directories)
        seconds_to_log(directories[:1], here / "warm-up" / "mlflow.db")
        logging_seconds = seconds_to_log(directories, here / "timed" / "mlflow.db")
    count = len(directories)
    return Measurement(
        benchmark=f"logging {STUDY} to MLflow, per cell",
        peer="the cell with its logging",
        ours=logging_seconds / count,
        peers=(worked + logging_seconds) / count,
        ratio=logging_seconds / (worked + logging_seconds),
        goal=most,
        at_most=True,
        note=f"{count} cells: {' '.join(overrides)}; wall clock; share of the whole",
    )
