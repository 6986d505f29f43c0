"""States of the jobs of one sweep: each job writes its own to a file, whichever process or host it runs in."""

import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from src.runs.directories import write_json
from src.tracking.process import gone, here

JobState = Literal["running", "killed", "finished", "reused", "failed"]
ENDED = ("finished", "reused", "failed")
VARIABLE = "LABORATORY_JOB_STATES"
ONLY = "only"  # file that holds the number of the one job to do
OWNER = "owner.json"  # file that says whose process opened the folder
ABANDONED_SECONDS = 30 * 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What became of one job.

    Attributes:
        job: its number in the sweep.
        name: what is run, in words.
        method: what the sweep calls the run's method.
        state: where it is.
        identity: of the run; empty while unknown.
        error: one line, when it failed.
        kills: how often its process was killed.
    """

    job: int
    name: str
    state: JobState
    method: str = ""
    identity: str = ""
    error: str = ""
    kills: int = 0


def _remove_abandoned(parent: Path) -> None:
    """Remove the folders in ``parent`` whose process has ended, or which another host left a month ago."""
    for folder in parent.glob("*-*"):
        try:
            owner = json.loads((folder / OWNER).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # just made, or of an earlier version
            owner = {}
        with suppress(OSError):  # another process has just removed it
            if gone(owner) or time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


class JobStates:
    """A folder with one file a job."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def opened(cls, parent: Path, sweep: str) -> "JobStates":
        """A fresh states within ``parent``, made known to the processes that this one starts.

        Each invocation has its own, also beside another of the same sweep, and whatever a killed one left there.
        """
        parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(parent)
        folder = Path(tempfile.mkdtemp(prefix=f"{sweep}-", dir=parent))
        write_json(folder / OWNER, here())
        os.environ[VARIABLE] = str(folder)
        return cls(folder)

    @classmethod
    def of_environment(cls) -> "JobStates":
        """The states of the sweep that this process works for."""
        return cls(Path(os.environ[VARIABLE]))

    def write(self, entry: Entry) -> None:
        """Put down ``entry`` in the place of the job's last one, whose kills still count."""
        earlier = self.entry(entry.job)
        kept = entry if earlier is None else replace(entry, kills=max(entry.kills, earlier.kills))
        write_json(self._path(entry.job), asdict(kept))

    def entry(self, job: int) -> Entry | None:
        """The job's state; None before it has begun."""
        path = self._path(job)
        return Entry(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def restrict(self, job: int) -> None:
        """From now on ``job`` alone is due."""
        (self.folder / ONLY).write_text(str(job), encoding="utf-8")

    def is_due(self, job: int) -> bool:
        """Whether ``job`` is to be done now: not where it has ended, or where its process was killed.

        Read from a file, since a pool's processes keep the environment in which they were started.
        """
        only = self.folder / ONLY
        if only.is_file():
            return only.read_text(encoding="utf-8") == str(job)
        entry = self.entry(job)
        return entry is None or entry.state == "running"

    def blame_running(self) -> None:
        """Note that a process was killed: any of the jobs that run may have been in it.

        A job whose process was killed before has failed; it is not tried a third time.
        """
        for one in self.entries():
            if one.state != "running":
                continue
            if one.kills:
                why = "its process was killed twice, as the system does when memory runs out"
                self.write(replace(one, state="failed", kills=one.kills + 1, error=why))
            else:
                self.write(replace(one, state="killed", kills=1))

    def settled(self) -> int:
        """Number of jobs that have ended, or whose process was killed."""
        return sum(entry.state != "running" for entry in self.entries())

    def entries(self) -> list[Entry]:
        """All jobs that have begun, by number."""
        read = [json.loads(path.read_text(encoding="utf-8")) for path in self.folder.glob("[0-9]*.json")]
        return sorted((Entry(**each) for each in read), key=lambda entry: entry.job)

    def _path(self, job: int) -> Path:
        return self.folder / f"{job}.json"

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.environ.pop(VARIABLE, None)
