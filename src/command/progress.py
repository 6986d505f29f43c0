"""A progress bar over a sweep, fed by its states, so that it works whoever runs the jobs."""

import sys
import threading
from types import TracebackType

from tqdm import tqdm

from src.command.job_states import ENDED, JobStates

INTERVAL = 0.25  # seconds between two looks at the states
SHOWN = 3  # jobs named at a time


class Progress:
    """While the block runs: how many jobs have ended, what runs now, and each failure as it happens."""

    def __init__(self, states: JobStates, total: int, study: str) -> None:
        self._states = states
        self._bar = tqdm(total=total, desc=study, unit="run", file=sys.stderr, dynamic_ncols=True)
        self._live = sys.stderr.isatty()
        self._failures: set[int] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._show()
        self._bar.set_postfix_str("")
        self._bar.close()

    def _watch(self) -> None:
        while not self._over.wait(INTERVAL):
            self._show()

    def _show(self) -> None:
        entries = self._states.entries()
        for entry in entries:
            if entry.state == "failed" and entry.job not in self._failures:
                self._failures.add(entry.job)
                self._bar.write(f"failed: {entry.name}: {entry.error}", file=sys.stderr)
        running = [entry.name for entry in entries if entry.state == "running"]
        ended = sum(entry.state in ENDED for entry in entries)
        if not self._live and ended == self._bar.n:
            return  # a log file has no use for a bar that did not move
        more = "" if len(running) <= SHOWN else f" and {len(running) - SHOWN} more"
        self._bar.set_postfix_str("; ".join(running[:SHOWN]) + more, refresh=False)
        self._bar.n = ended
        self._bar.refresh()
