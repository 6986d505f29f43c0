"""Logging a sweep's runs to MLflow as they end, in the process that started them: no worker waits for tracking."""

import threading
from pathlib import Path
from types import TracebackType

from src.command.job_states import ENDED, Entry, JobStates
from src.runs.directories import FAILED
from src.tracking.checks import StoreDown, StoreError
from src.tracking.log_run import log_run
from src.tracking.store import Store

INTERVAL = 0.5  # seconds between two looks at the states
SERVER_DOWN = "the tracking server does not answer"


def log_or_reason(store: Store | None, directory: Path, sweep: str, *, anew: bool = False) -> str:
    """Log ``directory`` to the store, ``anew`` or unless it is there; the reason why that failed, or nothing."""
    if store is None:
        return SERVER_DOWN
    try:
        store.bounded(lambda: log_run(store, directory, sweep, anew=anew))
    except (StoreDown, StoreError, OSError) as error:
        return str(error)
    return ""


class RunLog:
    """While the block runs: every run of the sweep that has ended is logged; at its end, those that are left.

    An interruption ends the logging after the run at hand: the next call of the same command logs the others.

    Attributes:
        reasons: why runs are not logged, each reason once.
    """

    def __init__(self, states: JobStates, store: Store | None, runs: Path, sweep: str, *, anew: bool) -> None:
        self.reasons: list[str] = []
        self._states, self._store, self._runs, self._sweep, self._anew = states, store, runs, sweep, anew
        self._told: set[int] = set()
        self._over, self._interrupted = threading.Event(), threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._watch, name="run log", daemon=True)

    def __enter__(self) -> "RunLog":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._interrupted.set()
        self._over.set()
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def _watch(self) -> None:
        try:
            while not self._over.wait(INTERVAL):
                self._log_ended()
            self._log_ended()
        except Exception as error:  # raised again by the main thread
            self._error = error

    def _log_ended(self) -> None:
        for entry in self._states.entries():
            if self._interrupted.is_set():
                return
            if entry.state in ENDED and entry.job not in self._told:
                self._told.add(entry.job)
                self._log(entry)

    def _log(self, entry: Entry) -> None:
        directory = self._runs / FAILED / entry.identity if entry.state == "failed" else self._runs / entry.identity
        if not entry.identity or not directory.is_dir():  # failed before there was anything to log
            return
        again = self._anew and entry.state == "finished"
        reason = log_or_reason(self._store, directory, self._sweep, anew=again)
        if reason and reason not in self.reasons:
            self.reasons.append(reason)
