"""The end of a sweep: its tables, figures, metrics and page, from the files of its finished runs."""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from src.command.draw_figures import FOLDER, draw_figures
from src.command.job_states import Entry
from src.command.log_runs import log_or_reason
from src.command.run_job import save_run
from src.command.study_page import PAGE, study_page, templates
from src.core.result import Result
from src.monitor.run_diagnosis import NOT_TRAINED, counts_in_words
from src.plotting.catalogue import find_figures
from src.protocol.claims import verdicts_table
from src.protocol.ledger import verdict_metrics, verdict_tags
from src.protocol.study import Study
from src.protocol.summary import gather_study, headline_metrics
from src.protocol.until_decided import Outcome
from src.runs.directories import damage, read_record, read_result, replace_contents, set_aside, write_json
from src.runs.identity import gathering_identity
from src.tracking.checks import StoreError
from src.tracking.limits import TAG_LENGTH, cut_at_paragraph
from src.tracking.log_run import retire
from src.tracking.process import lock
from src.tracking.store import Store

# Tables that hold every grid point or step of every run are large, and stay with the runs.
RESULT_TABLES_LEFT = ("contours", "paths")


def gather_sweep(
    study: Study,
    entries: Sequence[Entry],
    *,
    settings: Mapping[str, Any],
    runs: Path,
    results: Path,
    figures: Sequence[str],
    sweep: str,
    store: Store | None,
    tags: dict[str, str],
    outcome: Outcome | None = None,
) -> tuple[Result, str]:
    """Gather the finished runs of ``entries`` into ``results`` and log the sweep's summary.

    Args:
        study: the study.
        entries: its finished jobs.
        settings: the study's part of the config, as plain containers.
        runs: folder of the finished runs.
        results: folder of the sweep's results.
        figures: names of the figures to draw.
        sweep: id of the sweep.
        store: where to log; None when its server is down.
        tags: of the summary run.
        outcome: what looks at blocks of seeds have come to; ``entries`` are then the runs of all blocks. None to
            gather the runs as they are.

    Returns:
        The sweep's tables and metrics, and the reason why the summary is not logged (empty when it is).
    """
    identities = [entry.identity for entry in entries]
    shown = [f"{each.identity} {read_record(runs / each.identity)['ended']} {each.method}" for each in entries]
    shown += [] if outcome is None else [f"look {outcome.looks} {sorted(outcome.decided)}"]
    target = str(settings["_target_"])
    identity = gathering_identity(settings, [__name__], shown, templates(target))
    directory = runs / "sweeps" / identity
    chosen = find_figures(figures, "sweep_figures", "sweep", target)
    with lock(f"run {directory.resolve()}"):  # another process may gather the same sweep
        if directory.exists() and damage(directory):
            set_aside(directory)
        if not directory.exists():
            result = gather_study(study, read_cells(runs, entries)) if outcome is None else outcome.result
            gathered = _completed(result, [runs / each for each in identities], [entry.method for entry in entries])
            counted = {"diagnosis": counts_in_words(gathered.tables["diagnoses"]["diagnosis"])}
            page = study_page(study, gathered, target)
            record = _record(study, identity, page, len(entries), tags | counted | verdict_tags(_verdicts(gathered)))
            config = {"sweep": sweep, "runs": identities, "study": dict(settings)}
            save_run(directory, gathered, record, config, {PAGE: page})
        gathered = read_result(directory)
        pictures = draw_figures(directory, chosen, lambda: gathered)

    def write(folder: Path) -> None:
        for name in gathered.tables:
            if name not in RESULT_TABLES_LEFT:
                shutil.copy(directory / f"{name}.csv", folder)
        shutil.copy(directory / PAGE, folder)
        (folder / FOLDER).mkdir(exist_ok=True)
        for picture in pictures:
            shutil.copy(picture, folder / FOLDER)
        write_json(folder / "metrics.json", headline_metrics(gathered))

    with lock(f"results {results.resolve()}"):
        replace_contents(results, write)
    not_logged = log_or_reason(store, directory, sweep)
    if store is not None and not not_logged:
        not_logged = _retired(store, study.name, sweep, {identity, *identities})
    return gathered, not_logged


def _retired(store: Store, study: str, sweep: str, current: set[str]) -> str:
    """Take older runs out of the sweep; the reason why that failed, or nothing."""
    try:
        store.bounded(lambda: retire(store, study, sweep, current))
    except StoreError as error:
        return str(error)
    return ""


def read_cells(runs: Path, entries: Sequence[Entry]) -> list[Result]:
    """The finished runs of ``entries``, as the sweep calls them."""
    return [called(_measured(runs / entry.identity), entry.method) for entry in entries]


def _completed(gathered: Result, directories: Sequence[Path], methods: Sequence[str]) -> Result:
    """``gathered`` with the runs' diagnoses, marked when the profile is not the full one."""
    gathered = replace(gathered, metrics=gathered.metrics | verdict_metrics(_verdicts(gathered)))
    tables = gathered.tables | {"diagnoses": _diagnoses(directories, methods)}
    profile = gathered.about["profile"]
    marked = tables if profile == "full" else {name: table.assign(profile=profile) for name, table in tables.items()}
    return replace(gathered, tables=marked)


def _verdicts(gathered: Result) -> pd.DataFrame:
    """The ``verdicts`` table; an empty one where the study claims nothing."""
    return gathered.tables.get("verdicts", verdicts_table([]))


def _measured(directory: Path) -> Result:
    """A finished run, with the root seed of its random streams."""
    cell = read_result(directory)
    return replace(cell, about=cell.about | {"root_seed": int(read_record(directory)["params"]["root_seed"])})


def called(cell: Result, method: str) -> Result:
    """``cell`` with ``method`` as the name of its method; the sweep that ran it may have called it otherwise."""
    earlier = cell.about["method"]
    if earlier == method:
        return cell
    tables = {
        name: table.assign(method=table["method"].replace({earlier: method})) if "method" in table else table
        for name, table in cell.tables.items()
    }
    return replace(cell, tables=tables, about=cell.about | {"method": method})


def _diagnoses(directories: Sequence[Path], methods: Sequence[str]) -> pd.DataFrame:
    """One row per run: names, the state that its curves show, the share of replicates that do, and its folder."""
    tags = [read_record(directory)["tags"] for directory in directories]
    return pd.DataFrame(
        {
            "problem": [one.get("problem", "") for one in tags],
            "method": list(methods),
            "diagnosis": [one.get("diagnosis", NOT_TRAINED) for one in tags],
            "share": [float(one.get("diagnosis_share", "nan")) for one in tags],
            "run": [directory.name for directory in directories],
        }
    )


def _record(study: Study, identity: str, page: str, runs: int, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "identity": identity,
        "name": f"{study.name}: summary of {runs} runs",
        "study": study.name,
        "kind": "sweep",
        "status": "finished",
        "params": {"runs": runs},
        "tags": tags,
        "note": cut_at_paragraph(page, TAG_LENGTH, f"The page goes on in the artifact {PAGE}."),
        "traceback": None,
        "started": time.time(),
    }
