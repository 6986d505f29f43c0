"""A working directory of its own for each test, the command run in it, and what MLflow and the disk then hold."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from mlflow.entities import Run

from src.tracking.store import Store

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300


@dataclass
class Laboratory:
    folder: Path
    root: Path  # of the source that is run
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self, changes: dict[str, str]) -> dict[str, str]:
        left_out = ("MLFLOW_", "LABORATORY_", "HYDRA_", "DVC_")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
        return kept | {"PYTHONPATH": str(self.root)} | changes

    def start(self, *words: str, blocks: int | None = None, **changes: str) -> subprocess.Popen[str]:
        """Begin the command in a process group of its own, with files of at most ``blocks`` * 512 bytes."""
        limit = [] if blocks is None else ["sh", "-c", f'ulimit -f {blocks} && exec "$@"', "limited"]
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background; it would be inherited
            signal.signal(signal.SIGINT, signal.default_int_handler)
        process = subprocess.Popen(
            [*limit, sys.executable, "-m", "src.run", *words],
            cwd=self.folder,
            env=self.environment(changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def run(self, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """The command to its end, in one process: workers would take longer to start than these small runs."""
        process = self.start(*words, **{"LOKY_MAX_CPU_COUNT": "1"} | options)
        output, errors = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def python(self, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Python with these words, and ``text`` on its standard input."""
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env=self.environment({}),
            input=text,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def finished(self) -> set[str]:
        """Identities of the finished cells on disk."""
        found = {path.parent.name for path in self.folder.glob("runs/*/run.json")}
        return {name for name in found if not name.startswith(".")}  # a run that is being written is hidden

    def results(self, study: str) -> Path:
        """The one folder of results of a study, or of a narrower sweep of it."""
        own = self.folder / "results"
        [found] = [path for path in (own / study, *(own / "sweeps" / study).glob("*")) if path.is_dir()]
        return found

    def await_a_run(self) -> None:
        deadline = time.monotonic() + SECONDS
        while not self.finished():
            assert time.monotonic() < deadline, "no run was finished"
            time.sleep(0.01)

    def logged(self, study: str) -> list[Run]:
        """The runs of the study that MLflow shows, whatever their status."""
        client = Store(f"sqlite:///{self.folder / 'mlflow.db'}").client
        found = client.get_experiment_by_name(study)
        assert found is not None
        return list(client.search_runs([found.experiment_id]))

    def artifacts(self, run: Run) -> set[str]:
        client = Store(f"sqlite:///{self.folder / 'mlflow.db'}").client
        top = client.list_artifacts(run.info.run_id)
        inner = [one for each in top if each.is_dir for one in client.list_artifacts(run.info.run_id, each.path)]
        return {one.path for one in [*top, *inner] if not one.is_dir}


def alive(group: int) -> list[str]:
    """Command lines of the processes of a group that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except (ProcessLookupError, psutil.Error):
            continue
    return found


def copied(target: Path) -> Path:
    """A copy of the source, so that an edit between two commands of one test does not make two sweeps of them."""
    for folder in ("src", "conf"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return target
