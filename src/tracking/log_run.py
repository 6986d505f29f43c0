"""Log finished run directories to MLflow: each identity exactly once, whatever was interrupted before."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from src.tracking.checks import StoreError, shown
from src.tracking.limits import key
from src.tracking.process import host, lock
from src.tracking.record import FIGURES, FIGURES_TAG, RunRecord, membership, read
from src.tracking.store import Store

if TYPE_CHECKING:
    from mlflow.entities import Metric, Run

TRACEBACK = "traceback.txt"
PAGE_RUNS = 1000
BATCH_METRICS = 1000  # MLflow's limit for one call
BATCH_PARAMS = 100


def log_run(
    store: Store,
    directory: Path,
    sweep: str,
    extra_tags: Mapping[str, str] | None = None,
    *,
    anew: bool = False,
) -> str:
    """Log one finished run directory.

    A run that is there already gains the sweep's tags, the figures that were drawn since, and artifacts that were
    lost. What an interrupted call left, or a failure that this run makes good, goes to MLflow's trash. The status is
    set last: FINISHED means logged to the end.

    Args:
        store: a prepared store.
        directory: ``runs/<identity>/``.
        sweep: id of the sweep that the run now belongs to.
        extra_tags: further tags; they win over the directory's own.
        anew: whether the run was done again, so that what the store has of it goes to MLflow's trash.

    Returns:
        The id of the one MLflow run with this identity.

    Raises:
        StoreError: the store refuses, or has no experiment of the study's name.
        StoreDown: the server does not answer.
        OSError, ValueError, KeyError: the directory is not a finished run's.
    """
    record = read(directory, sweep, extra_tags or {})
    found = store.experiment(record.study)
    if found is None or found.lifecycle_stage != "active":
        raise StoreError(f"{shown(store.uri)}: no experiment {record.study!r}; prepare it first")
    with store.speaking(), lock(f"{store.uri} {record.identity}"):
        earlier = list(_search(store, found.experiment_id, f"tags.identity = '{record.identity}'"))
        whole = None if anew else next((run for run in earlier if _is_whole(run, record)), None)
        for run in earlier:
            if run is not whole and (anew or _is_leftover(run)):
                store.client.delete_run(run.info.run_id)
        if whole is None:
            return _write(store, found.experiment_id, record)
        identifier = str(whole.info.run_id)
        if record.tags.get(FIGURES_TAG, "") != whole.data.tags.get(FIGURES_TAG, ""):
            _replace_figures(store, identifier, record)
        _restore_artifacts(store, whole, record)
        for name, value in membership(sweep).items():
            if whole.data.tags.get(name) != value:
                store.client.set_tag(identifier, name, value)
        return identifier


def retire(store: Store, study: str, sweep: str, current: Container[str]) -> None:
    """Take runs that are not ``current`` out of ``sweep``; the summaries among them go to MLflow's trash.

    The same command after an edit of the code is the same sweep: it has one summary, and no run of the old code.
    """
    found = store.experiment(study)
    if found is None:
        return
    mark = key(f"sweep.{sweep}")
    with store.speaking():
        for run in _search(store, found.experiment_id, f"tags.`{mark}` = 'true'"):
            if run.data.tags.get("identity") in current:
                continue
            if run.data.tags.get("kind") == "sweep":
                store.client.delete_run(run.info.run_id)
            else:
                store.client.delete_tag(run.info.run_id, mark)


def _replace_figures(store: Store, identifier: str, record: RunRecord) -> None:
    """Log the figures of ``record`` to a run that has others."""
    for path, folder in record.files:
        if folder == FIGURES:
            store.client.log_artifact(identifier, str(path), folder)
    store.client.set_tag(identifier, FIGURES_TAG, record.tags.get(FIGURES_TAG, ""))


def _restore_artifacts(store: Store, run: Run, record: RunRecord) -> None:
    """Log the artifacts that a finished run has lost, as when its folder was deleted."""
    identifier = str(run.info.run_id)
    for folder in dict.fromkeys(folder for _, folder in record.files):
        there = _artifacts(store, run, folder)
        for path, its_folder in record.files:
            if its_folder == folder and path.name not in there:
                store.client.log_artifact(identifier, str(path), folder)
    if record.traceback and TRACEBACK not in _artifacts(store, run, None):
        store.client.log_text(identifier, record.traceback, TRACEBACK)


def _artifacts(store: Store, run: Run, folder: str | None) -> set[str]:
    """Names of the artifacts in a folder of the run's, or at their top."""
    place = str(run.info.artifact_uri)
    if "://" in place:
        return {Path(file.path).name for file in store.client.list_artifacts(str(run.info.run_id), folder)}
    local = Path(place, folder or "")  # read as it is: MLflow asks its database first, which takes 20 ms
    return {path.name for path in local.iterdir()} if local.is_dir() else set()


def _is_whole(run: Run, record: RunRecord) -> bool:
    """Whether ``run`` need not be logged again: it is finished, or it is the very failure of ``record``."""
    again = record.failed and run.info.status == "FAILED" and run.info.end_time == record.ended
    return run.info.status == "FINISHED" or again


def _is_leftover(run: Run) -> bool:
    """Whether nobody is logging ``run`` now: the lock is ours, so only another host could be."""
    return run.info.status != "RUNNING" or run.data.tags.get("host") == host()


def _search(store: Store, experiment: str, condition: str) -> Iterator[Run]:
    """All runs of an experiment that meet ``condition``, page by page."""
    token = None
    while True:
        page = store.client.search_runs([experiment], condition, max_results=PAGE_RUNS, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _write(store: Store, experiment: str, record: RunRecord) -> str:
    """A new run with everything in it, ended with its status; its id."""
    from mlflow.entities import Metric, Param  # noqa: PLC0415 (the import takes a second)

    client = store.client
    run = client.create_run(experiment, start_time=record.started, tags=record.tags, run_name=record.name)
    identifier = str(run.info.run_id)
    if store.is_server:
        _delete_doubles(store, experiment, record, identifier)
    params = iter([Param(name, value) for name, value in record.params.items()])
    while batch := list(islice(params, BATCH_PARAMS)):
        client.log_batch(identifier, params=batch)
    metrics = _metrics(record, Metric)
    while points := list(islice(metrics, BATCH_METRICS)):
        client.log_batch(identifier, metrics=points)
    for path, folder in record.files:
        client.log_artifact(identifier, str(path), folder)
    if record.traceback:
        client.log_text(identifier, record.traceback, TRACEBACK)
    client.set_terminated(identifier, "FAILED" if record.failed else "FINISHED", end_time=record.ended)
    return identifier


def _delete_doubles(store: Store, experiment: str, record: RunRecord, identifier: str) -> None:
    """Delete runs that the server made for a request of ours whose answer was lost, so that it was sent again."""
    condition = f"tags.identity = '{record.identity}' and attributes.status = 'RUNNING'"
    own = [record.tags[name] for name in ("host", "pid")]
    for run in _search(store, experiment, condition):
        if run.info.run_id != identifier and [run.data.tags.get(name) for name in ("host", "pid")] == own:
            store.client.delete_run(run.info.run_id)


def _metrics(record: RunRecord, metric: type[Metric]) -> Iterator[Metric]:
    """End metrics (at step 0), then the curves; all are known only when the run has ended."""
    for name, value in record.metrics.items():
        yield metric(name, value, record.ended, 0)
    for name, curve in record.curves().items():
        for step, value in curve:
            yield metric(name, value, record.ended, step)
