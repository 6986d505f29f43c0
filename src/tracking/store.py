"""The MLflow store: where it is, how it is made, and its errors as one line each."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from src.tracking.checks import SQLITE, Answer, StoreDown, StoreError, check, database, shown, within
from src.tracking.limits import EXPERIMENT_NOTE_LENGTH, cut
from src.tracking.process import lock

if TYPE_CHECKING:
    from mlflow.entities import Experiment
    from mlflow.tracking import MlflowClient

ANSWER_SECONDS = 60.0  # for one run, or for the start or the end of a sweep, to be told to a server
_DOWN: dict[str, str] = {}  # servers that did not answer this process, and why
UI = "http://127.0.0.1:5000"
# The page of an experiment's runs as charts; without the first argument a fresh browser shows an empty page.
PAGE = "/#/experiments/{id}/runs?workflowType=machine_learning&compareRunsMode=CHART"

# Ends each experiment's note: what the names made here mean, and what the page does not show by itself.
GUIDE = """

**Reading this page.** A run is one cell of the study: all its seeds at once. In the charts `median/…` is the median
over the test seeds at each step, `q25/…` and `q75/…` are the quartiles; *Model metrics*, at the end, are the results.
*Configure* in a chart's menu sets logarithmic axes. In the table, *Columns* adds parameters and results; a tag
`missing.…` says why a result is not there, and ``tags.`sweep.ID` = 'true'`` in the search field finds a sweep's runs.
"""

SETTINGS = {
    # The defaults (7 retries, 120 s) let a server that dies hold a sweep for a quarter of an hour.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


def default_uri(root: Path) -> str:
    """MLFLOW_TRACKING_URI where it is set, else the database ``mlflow.db`` in ``root``."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"{SQLITE}{root.resolve() / 'mlflow.db'}"


def configure() -> None:
    """Make MLflow quiet and quick to give up, where the environment does not say otherwise.

    Must come before mlflow is imported: it reads some of these only then.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # It writes each error's SQL and traceback before it raises the error, which is one line here.
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)


def _make(path: Path) -> None:
    """Make the database ``path`` aside, then put it there: MLflow cannot go on with one that was left half made."""
    from mlflow.tracking import MlflowClient  # noqa: PLC0415 (the import takes a second)

    aside = path.with_name(f".{path.name}.new")

    def clear() -> None:
        for file in (aside, aside.with_name(f"{aside.name}-journal")):
            file.unlink(missing_ok=True)

    clear()
    try:
        MlflowClient(f"{SQLITE}{aside}").get_experiment_by_name("Default")
        aside.rename(path)
    finally:
        clear()


class Store:
    """One MLflow store: a sqlite file with its artifacts beside it, or a server.

    Cheap to make: mlflow is imported, and the store checked, at first use.
    """

    def __init__(self, uri: str) -> None:
        if uri.startswith(SQLITE) and uri != SQLITE:
            uri = f"{SQLITE}{database(uri).resolve()}"  # stays the same file if the working directory changes
        self.uri = uri

    @property
    def artifacts(self) -> Path | None:
        """The folder of artifacts beside a sqlite file; None where a server decides."""
        return database(self.uri).parent / "mlruns" if self.uri.startswith(SQLITE) else None

    @cached_property
    def client(self) -> MlflowClient:
        """The client; makes the database where there is none.

        Raises:
            StoreError: the store cannot be used, or was made by another version of MLflow.
        """
        check(self.uri)
        configure()
        from mlflow.tracking import MlflowClient  # noqa: PLC0415 (the import takes a second)

        with self.speaking(), lock(self.uri):  # the migrations of one file must not run twice at once
            if self.uri.startswith(SQLITE) and not database(self.uri).exists():
                _make(database(self.uri))
            client = MlflowClient(self.uri)
            client.get_experiment_by_name("Default")
            return client

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Turn what MLflow, the network and the disk raise into one line of StoreError or StoreDown."""
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 (the import takes a second)
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 (MLflow lets some through, as on a full disk)

        try:
            yield
        except (
            MlflowException,
            SQLAlchemyError,
            sqlite3.Error,
            OSError,
            ImportError,
        ) as error:  # a database's driver may be missing
            check(self.uri)  # raises the better message if the store has gone since
            words = shown(" ".join(str(error).partition("[SQL:")[0].split()))[:400]
            kind = StoreDown if self.is_server else StoreError  # what a server cannot do now, it may do later
            raise kind(f"{shown(self.uri)}: {words}") from error

    @property
    def is_server(self) -> bool:
        """Whether the store is reached over the network."""
        return self.uri.startswith(("http://", "https://"))

    def bounded(self, call: Callable[[], Answer]) -> Answer:
        """What ``call``, which speaks to this store, returns; runs do not wait for a server that is slow or down.

        Raises:
            StoreDown: the server took longer than ANSWER_SECONDS, or did not answer this process before.
        """
        if not self.is_server:
            return call()
        if self.uri in _DOWN:
            raise StoreDown(_DOWN[self.uri])
        try:
            return within(ANSWER_SECONDS, call)
        except TimeoutError:
            _DOWN[self.uri] = f"{shown(self.uri)}: the tracking server took longer than {ANSWER_SECONDS:g} s"
            raise StoreDown(_DOWN[self.uri]) from None
        except StoreDown as down:
            _DOWN[self.uri] = str(down)
            raise

    def experiment(self, study: str) -> Experiment | None:
        """The study's experiment; None where there is none."""
        client = self.client
        with self.speaking():
            return client.get_experiment_by_name(study)

    def prepare(self, study: str, note: str) -> str:
        """Make the store and the study's experiment where they are missing; for any number of processes at once.

        Args:
            study: name of the study and of its experiment.
            note: what is asked and how to read the answer, in markdown; a guide to the page is added.

        Returns:
            The experiment's id.
        """
        client = self.client
        with self.speaking(), lock(f"{self.uri} {study}"):
            found = client.get_experiment_by_name(study)
            if found is None:
                identifier = self._create(study)
            else:
                identifier = str(found.experiment_id)
                self._move_artifacts(found)
                if found.lifecycle_stage == "deleted":  # its name is taken, so it must be brought back
                    client.restore_experiment(identifier)
            note = cut(note, EXPERIMENT_NOTE_LENGTH - len(GUIDE)) + GUIDE
            if found is None or found.tags.get("mlflow.note.content") != note:
                client.set_experiment_tag(identifier, "mlflow.note.content", note)
        return identifier

    def _move_artifacts(self, found: Experiment) -> None:
        """Let an experiment of a project that was copied or moved have its artifacts in the project's own folder.

        MLflow stores the folder's absolute path with the experiment and with each run, and has no call that changes
        the path. An experiment that somebody placed elsewhere stays there.
        """
        old = Path(found.artifact_location)
        if self.artifacts is None or (old.parent.name, old.name) != (self.artifacts.name, found.name):
            return
        new = self.artifacts / found.name
        if old == new:
            return
        key, prefix = int(found.experiment_id), f"{old}/"
        connection = sqlite3.connect(database(self.uri), timeout=20)
        with closing(connection), connection:
            connection.execute(
                "UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?", (str(new), key)
            )
            connection.execute(
                "UPDATE runs SET artifact_uri = ? || substr(artifact_uri, ?) "
                "WHERE experiment_id = ? AND substr(artifact_uri, 1, ?) = ?",
                (f"{new}/", len(prefix) + 1, key, len(prefix), prefix),
            )

    def _create(self, study: str) -> str:
        """A new experiment's id, or that of the same name which another host has just made."""
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 (the import takes a second)

        location = None if self.artifacts is None else str(self.artifacts / study)
        try:
            return str(self.client.create_experiment(study, artifact_location=location))
        except MlflowException as error:
            found = self.client.get_experiment_by_name(study)
            if error.error_code != "RESOURCE_ALREADY_EXISTS" or found is None:
                raise
            return str(found.experiment_id)

    def link(self, study: str) -> str | None:
        """Address of the study's charts, on its server or on the one that ``make ui`` starts; None: no experiment."""
        found = self.experiment(study)
        base = UI if self.uri.startswith(SQLITE) else shown(self.uri).rstrip("/")
        return None if found is None else base + PAGE.format(id=found.experiment_id)
