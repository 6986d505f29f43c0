"""Finished runs as directories: written aside, then renamed, so that one is there or not there, never half.

A run's record holds the digests of its files, so that a file that was cut or edited later is noticed.
"""

import hashlib
import json
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from src.core.result import Result
from src.tables.read_table import stored_table

RECORD = "run.json"
CONTENTS = ".contents.json"  # names of the files that were written to a folder of results
DAMAGED = ".damaged"  # folder beside the runs
RECORDED = ("identity", "tags", "metrics", "missing", "about", "tables", "files", "ended")
FAILED = ".failed"  # folder beside the runs: records of runs that failed
LEFTOVER_SECONDS = 3600.0
FAILED_SECONDS = 30 * 24 * 3600.0


@contextmanager
def atomic_directory(final: Path) -> Iterator[Path]:
    """A temporary directory beside ``final`` that takes its place when the block ends without an error.

    When ``final`` already exists (another process finished the same work first) it is kept, as the same thing.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    aside.chmod(0o755)
    try:
        yield aside
        _flush(aside)
        try:
            aside.rename(final)
        except OSError:
            if not final.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def remove_leftovers(runs: Path) -> None:
    """Remove what killed processes left of runs that they were writing aside, and failures that nobody repeated."""
    for folder in (runs, runs / "sweeps"):
        _remove_old(folder, ".????????????????-*", LEFTOVER_SECONDS)  # an identity has 16 digits
    _remove_old(runs / FAILED, "*", FAILED_SECONDS)


def _remove_old(folder: Path, pattern: str, seconds: float) -> None:
    """Remove folders that nobody has changed for ``seconds``.

    Writing one takes seconds, so after an hour it belongs to nobody, on whichever host it was begun.
    """
    for path in folder.glob(pattern):
        try:
            if path.is_dir() and not path.is_symlink() and time.time() - path.stat().st_mtime > seconds:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:  # another process has just removed it
            continue


def _flush(directory: Path) -> None:
    """Have the files of ``directory`` on the disk before its name says that they are complete."""
    for path in (*directory.rglob("*"), directory):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def damage(directory: Path) -> str:
    """What is wrong with a finished run's directory, in words; empty when it is as it was written."""
    try:
        record = read_record(directory)
    except OSError:
        return f"{RECORD} is missing"
    except ValueError:
        return f"{RECORD} is no record"
    if not isinstance(record, dict) or any(key not in record for key in RECORDED):
        return f"{RECORD} is no record"
    for name, digest in record["files"].items():
        path = directory / name
        if not path.is_file():
            return f"{name} is missing"
        if _digest(path) != digest:
            return f"{name} has changed since the run ended"
    return ""


def set_aside(directory: Path) -> Path:
    """Move a damaged run out of the way; where it then is."""
    target = directory.parent / DAMAGED / f"{directory.name}-{time.time_ns()}"
    target.parent.mkdir(exist_ok=True)
    return directory.rename(target)


def replace_contents(final: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a directory aside and bring ``final`` to the same files, each replaced at once.

    Files in ``final`` that no such call has written stay: they are somebody's own.
    """
    final.mkdir(parents=True, exist_ok=True)
    _remove_old(final.parent, f".{final.name}-????????", LEFTOVER_SECONDS)  # tempfile adds 8 characters
    aside = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    try:
        write(aside)
        fresh = sorted(str(path.relative_to(aside)) for path in aside.rglob("*") if path.is_file())
        stale = set(_contents(final)) - set(fresh)
        for name in fresh:
            (final / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).replace(final / name)
        for name in stale:
            (final / name).unlink(missing_ok=True)
        write_json(final / CONTENTS, fresh)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _contents(final: Path) -> list[str]:
    """Names of the files that ``replace_contents`` wrote to ``final``."""
    try:
        names: list[str] = json.loads((final / CONTENTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [name for name in names if not Path(name).is_absolute() and ".." not in Path(name).parts]


def replace_directory(final: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a directory aside and put it in the place of ``final``, whether or not that exists."""
    final.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    aside.chmod(0o755)
    retired = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    try:
        write(aside)
        _flush(aside)
        if final.exists():
            final.rename(retired / "old")
        aside.rename(final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(retired, ignore_errors=True)


def write_result(directory: Path, measured: Result, record: Mapping[str, Any]) -> None:
    """Write tables as csv (full precision) and the rest, with ``record``'s fields, as ``run.json``.

    The record's ``files`` holds a digest of each file that is then in ``directory``.
    """
    for name, table in measured.tables.items():
        table.to_csv(directory / f"{name}.csv", index=False)
    content = {
        **record,
        "tags": {**record.get("tags", {}), **measured.tags},
        "metrics": measured.metrics,
        "missing": measured.missing,
        "about": _finite(measured.about),
        "tables": list(measured.tables),
        "files": {path.name: _digest(path) for path in sorted(directory.iterdir()) if path.is_file()},
    }
    write_json(directory / RECORD, content)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_json(path: Path, content: object) -> None:
    """Write ``content`` so that a reader sees the old file or the new one, never half of it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    aside.replace(path)


def read_record(directory: Path) -> dict[str, Any]:
    """The content of ``run.json``."""
    content: dict[str, Any] = json.loads((directory / RECORD).read_text(encoding="utf-8"))
    return content


def read_result(directory: Path) -> Result:
    """What ``write_result`` wrote."""
    record = read_record(directory)
    tables = {name: _read_table(directory / f"{name}.csv") for name in record["tables"]}
    return Result(tables=tables, metrics=record["metrics"], missing=record["missing"], about=record["about"])


def _read_table(path: Path) -> pd.DataFrame:
    if path.stat().st_size <= 1:
        return pd.DataFrame()
    return stored_table(path)


def _finite(value: Any) -> Any:
    """``value`` with None for numbers that json has no word for."""
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
