"""States of the jobs of one sweep: each job writes its own to a file, whichever process or host it runs in."""

import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from src.runs.directories import write_json

JobState = Literal["running", "finished", "reused", "failed"]
ENDED = ("finished", "reused", "failed")
VARIABLE = "LABORATORY_JOB_STATES"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What became of one job.

    Attributes:
        job: its number in the sweep.
        name: what is run, in words.
        state: where it is.
        identity: of the run; empty while unknown.
        error: one line, when it failed.
        not_logged: why the run is not logged to MLflow, when it is not.
    """

    job: int
    name: str
    state: JobState
    identity: str = ""
    error: str = ""
    not_logged: str = ""


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
        folder = Path(tempfile.mkdtemp(prefix=f"{sweep}-", dir=parent))
        os.environ[VARIABLE] = str(folder)
        return cls(folder)

    @classmethod
    def of_environment(cls) -> "JobStates":
        """The states of the sweep that this process works for."""
        return cls(Path(os.environ[VARIABLE]))

    def write(self, entry: Entry) -> None:
        """Put down ``entry`` in the place of the job's last one."""
        write_json(self.folder / f"{entry.job}.json", asdict(entry))

    def entries(self) -> list[Entry]:
        """All jobs that have begun, by number."""
        read = [json.loads(path.read_text(encoding="utf-8")) for path in self.folder.glob("[0-9]*.json")]
        return sorted((Entry(**each) for each in read), key=lambda entry: entry.job)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.environ.pop(VARIABLE, None)
