"""The end of a sweep: its tables, figures and metrics, from the files of its finished runs."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from src.command.ledger import Entry
from src.command.work import keep, told_or_why
from src.figures.catalogue import STUDY
from src.store.identity import combined_identity
from src.store.runs import RECORD, read_measured, read_record, replace_directory, write_json
from src.studies.diagnosed import NOT_TRAINED, counts_in_words
from src.studies.study import Measured, Study
from src.tracking.store import Store

# Tables that hold every replicate or grid point of every run are large, and stay with the runs.
RESULT_TABLES_LEFT = ("contours", "paths")


def finish(
    study: Study,
    entries: Sequence[Entry],
    *,
    runs: Path,
    results: Path,
    figures: Sequence[str],
    sweep: str,
    store: Store | None,
    tags: dict[str, str],
) -> tuple[Measured, str]:
    """Gather the finished runs of ``entries`` into ``results/<study>/`` and tell the store of the sweep.

    Returns:
        What the study gathered, and why the store was not told of it (empty when it was).
    """
    cells = [read_measured(runs / entry.identity) for entry in entries]
    diagnoses = _diagnoses([runs / entry.identity for entry in entries])
    # The gathering code and the figures may have changed since, so the sweep's own id is part of the identity.
    identity = combined_identity([sweep, *(entry.identity for entry in entries)])
    directory = runs / "sweeps" / identity
    if (directory / RECORD).is_file():
        gathered = read_measured(directory)
    else:
        gathered = study.gather(cells)
        gathered = replace(gathered, tables=gathered.tables | {"diagnoses": diagnoses})
        quick = gathered.about["profile"] != "full"
        marked = {
            name: table.assign(profile=gathered.about["profile"]) if quick else table
            for name, table in gathered.tables.items()
        }
        gathered = replace(gathered, tables=marked)
        counted = {"diagnosis": counts_in_words(diagnoses["diagnosis"])}
        record = _record(study, identity, len(cells), tags | counted)
        keep(directory, gathered, record, {"sweep": sweep, "runs": [e.identity for e in entries]}, figures, STUDY)
    metrics = _metrics(cells)

    def write(target: Path) -> None:
        for name in gathered.tables:
            if name not in RESULT_TABLES_LEFT:
                shutil.copy(directory / f"{name}.csv", target)
        if (directory / "figures").is_dir():
            shutil.copytree(directory / "figures", target / "figures")
        write_json(target / "metrics.json", metrics)

    replace_directory(results / study.name, write)
    return gathered, told_or_why(store, directory, sweep)


def _diagnoses(directories: Sequence[Path]) -> pd.DataFrame:
    """One row a run: what it is called, what its curves show, and the share of its replicates that show it."""
    tags = [read_record(directory)["tags"] for directory in directories]
    return pd.DataFrame(
        {
            "problem": [one.get("problem", "") for one in tags],
            "optimizer": [one.get("optimizer", one.get("search", "")) for one in tags],
            "diagnosis": [one.get("diagnosis", NOT_TRAINED) for one in tags],
            "share": [float(one.get("diagnosis_share", "nan")) for one in tags],
        }
    )


def _metrics(cells: Sequence[Measured]) -> dict[str, Any]:
    """End metrics by problem and method, for ``dvc metrics``."""
    nested: dict[str, Any] = {}
    for cell in cells:
        nested.setdefault(cell.about["problem"], {})[cell.about["optimizer"]] = cell.metrics
    return nested


def _record(study: Study, identity: str, runs: int, tags: dict[str, str]) -> dict[str, Any]:
    now = time.time()
    return {
        "identity": identity,
        "name": f"{study.name}: summary of {runs} runs",
        "study": study.name,
        "kind": "sweep",
        "status": "finished",
        "params": {"runs": runs},
        "tags": tags,
        "note": f"**{study.question}**\n\n{study.reading}",
        "traceback": None,
        "started": now,
    }
