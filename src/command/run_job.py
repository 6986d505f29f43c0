"""One job of a sweep: measure a cell unless that is done, save the run, and draw its figures."""

import shutil
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from src.command.draw_figures import draw_figures, is_drawn
from src.command.job_states import Entry, JobState, JobStates
from src.core.failures import error_line
from src.core.result import Result
from src.monitor.run_diagnosis import diagnosis_line, diagnosis_tags
from src.plotting.catalogue import NamedFigure, find_figures
from src.protocol.contract import check_optimizer
from src.protocol.study import Cell, Study
from src.runs.directories import (
    FAILED,
    RECORD,
    atomic_directory,
    damage,
    read_result,
    replace_directory,
    set_aside,
    write_json,
    write_result,
)
from src.runs.identity import run_identity
from src.tracking.process import lock

# Keys that decide how a run is shown, but not its numbers.
NOT_IN_IDENTITY = ("figures", "sweep_figures")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One cell of a sweep, ready to be worked on.

    Attributes:
        number: within the sweep.
        cell, study: the parts, built.
        config: resolved, as plain containers; its study part has the class and fields that matter to the numbers.
        figures: names of the figures to draw.
        force: whether to do it again where it is done.
        runs: the folder of finished runs.
        revision: tags of the source's state.
    """

    number: int
    cell: Cell
    study: Study
    config: dict[str, Any]
    figures: Sequence[str]
    force: bool
    runs: Path
    revision: Mapping[str, str]

    @property
    def name(self) -> str:
        """The run in words."""
        later = f", seeds from {self.cell.first_seed} on" if self.cell.first_seed else ""
        return f"{self.cell.names['method']} on {self.cell.names['problem']}{later}"

    @cached_property
    def identity(self) -> str:
        """The run's identity."""
        return self._identity_without(*NOT_IN_IDENTITY)

    def _identity_without(self, *keys: str) -> str:
        return run_identity({key: value for key, value in self.config.items() if key not in keys})

    def earlier(self) -> Result | None:
        """Of a run that does not begin at seed 0, the finished run of as many seeds from 0 on; None without one."""
        if not self.cell.first_seed:
            return None
        directory = self.runs / self._identity_without(*NOT_IN_IDENTITY, "first_seed")
        return read_result(directory) if directory.is_dir() and not damage(directory) else None

    def entry(self, state: JobState, error: str = "") -> Entry:
        """The job in a state, with the error in one line where it failed."""
        names = self.cell.names
        return Entry(
            job=self.number, name=self.name, method=names["method"], state=state, identity=self.identity, error=error
        )

    @property
    def drawn(self) -> list[NamedFigure]:
        """The figures to draw. Raises FieldError where one does not exist."""
        return find_figures(self.figures, "figures", "run", self.config["study"]["_target_"])


def is_done(job: Job) -> bool:
    """Whether nothing is left to do: the run is there, whole, with its figures."""
    directory = job.runs / job.identity
    return directory.is_dir() and not damage(directory) and is_drawn(directory, job.drawn)


def run_job(job: Job, states: JobStates) -> None:
    """Do ``job`` and write its state to ``states``. Raises what the measurement raised."""
    directory = job.runs / job.identity
    states.write(job.entry("running"))
    state: JobState = "reused"
    started = time.time()
    try:
        with lock(f"run {directory.resolve()}"):  # another sweep may want the same run
            if directory.exists() and (why := damage(directory)):
                set_aside(directory)
                print(f"{directory}: {why}; it is set aside and done again", file=sys.stderr)
            if job.force or not directory.exists():
                state = "finished"
                _measure(job, directory, started)
                shutil.rmtree(job.runs / FAILED / job.identity, ignore_errors=True)  # made good
        draw_figures(directory, job.drawn, lambda: read_result(directory))
    except Exception as error:
        line = error_line(error)
        with suppress(OSError):  # a full disk, which may be the failure itself
            _save_failure(job, started, line)
        states.write(job.entry("failed", line))
        raise
    states.write(job.entry(state))


def _measure(job: Job, directory: Path, started: float) -> None:
    """Measure the cell and save the run."""
    if job.study.descends:
        check_optimizer(job.cell.optimizer)
    result = job.study.measure(replace(job.cell, earlier=job.earlier()))
    budget = {"budget": job.cell.steps, "budget_unit": job.study.budget_unit}
    result = replace(result, tags=result.tags | diagnosis_tags(result), about=result.about | budget)
    record = _record(job, directory.name, started)
    record["note"] += f"\n\n{diagnosis_line(result)}"
    save_run(directory, result, record, job.config)


def save_run(
    directory: Path,
    result: Result,
    record: Mapping[str, Any],
    config: Mapping[str, Any],
    texts: Mapping[str, str] | None = None,
) -> None:
    """Write tables, record, config and further ``texts`` by file name to ``directory``, all or nothing.

    They take the place of what an earlier run left there.
    """

    def write(aside: Path) -> None:
        (aside / "config.yaml").write_text(yaml.safe_dump(dict(config), sort_keys=False), encoding="utf-8")
        for name, text in (texts or {}).items():
            (aside / name).write_text(text, encoding="utf-8")
        write_result(aside, result, {**record, "ended": time.time()})

    if directory.is_dir():
        replace_directory(directory, write)
        return
    with atomic_directory(directory) as aside:
        write(aside)


def _record(job: Job, identity: str, started: float) -> dict[str, Any]:
    names = job.cell.names
    flat = {str(key): value for key, value in pd.json_normalize(job.config, sep=".").iloc[0].to_dict().items()}
    params = {key: value for key, value in flat.items() if key.split(".")[0] not in ("names", *NOT_IN_IDENTITY)}
    return {
        "identity": identity,
        "name": job.name,
        "study": job.study.name,
        "kind": "cell",
        "status": "finished",
        "params": {key: value if _is_plain(value) else str(value) for key, value in (params | names).items()},
        "tags": {**names, **job.revision},
        "note": f"**{job.study.question}**\n\nHere: {job.name}. {job.study.how_to_read}",
        "traceback": None,
        "started": started,
    }


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _save_failure(job: Job, started: float, error: str) -> None:
    """Save the record of a run that raised, apart from the finished runs, so that it is tried again."""
    record = _record(job, job.identity, started)
    record |= {
        "status": "failed",
        "metrics": {},
        "missing": {},
        "error": error,
        "tags": record["tags"] | {"diagnosis": "failed"},
        "traceback": traceback.format_exc(),
        "ended": time.time(),
    }
    directory = job.runs / FAILED / job.identity
    directory.mkdir(parents=True, exist_ok=True)
    write_json(directory / RECORD, record)
