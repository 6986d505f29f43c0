"""One job of a sweep: measure a cell unless that is done, draw its figures, keep it, and tell MLflow."""

import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from src.command.ledger import Entry, Ledger, State
from src.core.checks import FieldError
from src.figures.catalogue import RUN, STUDY, render
from src.figures.contract import Draw
from src.store.identity import run_identity
from src.store.runs import RECORD, write_json, write_measured, written_aside
from src.studies.diagnosed import diagnosis_line, diagnosis_tags
from src.studies.study import Cell, Measured, Study
from src.tracking.checks import StoreDown, StoreError
from src.tracking.store import Store
from src.tracking.tell import tell

# What decides how a run is told and shown, but not its numbers.
NOT_IN_IDENTITY = ("figures", "sweep_figures")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One cell of a sweep, ready to be worked on.

    Attributes:
        number: within the sweep.
        cell, study: the parts, built.
        config: resolved, as plain containers; its study part has the class and fields that matter to the numbers.
        figures: names of the figures to draw.
        runs: the folder of finished runs.
        sweep: id of the sweep.
        store: where to tell; None when its server is down.
        revision: tags of the source's state.
    """

    number: int
    cell: Cell
    study: Study
    config: dict[str, Any]
    figures: Sequence[str]
    runs: Path
    sweep: str
    store: Store | None
    revision: Mapping[str, str]

    @property
    def name(self) -> str:
        """The run in words."""
        return f"{self.cell.names['optimizer']} on {self.cell.names['problem']}"

    @property
    def identity(self) -> str:
        """The run's identity."""
        return run_identity({key: value for key, value in self.config.items() if key not in NOT_IN_IDENTITY})


def drawn_figures(names: object, catalogue: dict[str, Draw], field: str) -> dict[str, Draw]:
    """The figures called ``names``, a list; FieldError for one that does not exist."""
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise FieldError(f"{field} = {names!r}: must be a list, as [{', '.join(sorted(catalogue))}]")
    unknown = [name for name in names if name not in catalogue]
    if unknown:
        raise FieldError(f"{field} = {unknown[0]!r}: must be one of " + ", ".join(sorted(catalogue)))
    return {name: catalogue[name] for name in names}


def check_figures(figures: object, sweep_figures: object) -> None:
    """Raise FieldError unless all figures that are asked for exist."""
    drawn_figures(figures, RUN, "figures")
    drawn_figures(sweep_figures, STUDY, "sweep_figures")


def work(job: Job, ledger: Ledger) -> None:
    """Do ``job`` and put down in ``ledger`` what became of it. Raises what the measurement raised."""
    identity = job.identity
    directory = job.runs / identity

    def note(state: State, error: str = "", untold: str = "") -> None:
        entry = Entry(job=job.number, name=job.name, state=state, identity=identity, error=error, untold=untold)
        ledger.write(entry)

    note("running")
    state: State = "reused"
    if not (directory / RECORD).is_file():
        state = "finished"
        started = time.time()
        try:
            measured = job.study.measure(job.cell)
            measured = replace(measured, tags=diagnosis_tags(measured))
            record = _record(job, identity, started)
            record["note"] += f"\n\n{diagnosis_line(measured)}"
            keep(directory, measured, record, job.config, job.figures, RUN)
        except Exception as error:
            line = f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]
            note("failed", error=line)  # first, since a full disk may fail what follows too
            note("failed", error=line, untold=_tell_failure(job, identity, started, line))
            raise
    note(state, untold=told_or_why(job.store, directory, job.sweep))


def keep(
    directory: Path,
    measured: Measured,
    record: Mapping[str, Any],
    config: Mapping[str, Any],
    figures: Sequence[str],
    catalogue: dict[str, Draw],
) -> None:
    """Write tables, record, config and figures to ``directory``, all or nothing."""
    with written_aside(directory) as aside:
        render(drawn_figures(figures, catalogue, "figures"), measured.tables, measured.about, aside / "figures")
        (aside / "config.yaml").write_text(yaml.safe_dump(dict(config), sort_keys=False), encoding="utf-8")
        write_measured(aside, measured, {**record, "ended": time.time()})


def told_or_why(store: Store | None, directory: Path, sweep: str) -> str:
    """Tell the store of ``directory``; why it could not be told, or nothing."""
    if store is None:
        return "the tracking server does not answer"
    try:
        tell(store, directory, sweep)
    except (StoreDown, StoreError) as error:
        return str(error)
    return ""


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
        "note": f"**{job.study.question}**\n\nHere: {job.name}. {job.study.reading}",
        "traceback": None,
        "started": started,
    }


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _tell_failure(job: Job, identity: str, started: float, error: str) -> str:
    """Tell the store of a run that raised; kept apart from the finished runs, so that it is tried again."""
    record = _record(job, identity, started)
    record |= {
        "status": "failed",
        "metrics": {},
        "missing": {},
        "error": error,
        "tags": record["tags"] | {"diagnosis": "failed"},
        "traceback": traceback.format_exc(),
        "ended": time.time(),
    }
    directory = job.runs / ".failed" / identity
    directory.mkdir(parents=True, exist_ok=True)
    write_json(directory / RECORD, record)
    return told_or_why(job.store, directory, job.sweep)
