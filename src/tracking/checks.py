"""Whether a store can be written, found out without writing anything and in less than five seconds."""

import os
import re
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

Answer = TypeVar("Answer")
SQLITE = "sqlite:///"
HEADER = b"SQLite format 3\x00"  # the first 16 bytes of every SQLite 3 file (sqlite.org/fileformat.html)
# Tables of which a database of MLflow's has at least one, even while it is being made.
MLFLOW_TABLES = {"alembic_version", "experiments"}
HEALTH_SECONDS = 3.0
USER_AND_PASSWORD = re.compile(r"//[^/\s]*@")
DATABASES = ("postgresql", "mysql", "mssql", "databricks")  # MLflow's others; they speak for themselves when used


class StoreError(RuntimeError):
    """The store cannot be used; the message is one line that names the store and says why."""


class StoreDown(StoreError):  # noqa: N818 (it names a state that callers branch on)
    """The tracking server does not answer; what was to be told can be told later."""


def check(uri: str) -> None:
    """Raise StoreError unless the store at ``uri`` can be written (StoreDown where a server does not answer)."""
    try:
        _ = urlsplit(uri).port
    except ValueError as error:
        raise StoreError(shown(f"{uri}: is no address: {error}")) from None  # the cause holds the address too
    if uri.startswith(SQLITE) and uri != SQLITE:
        _check_sqlite(database(uri))
    elif urlsplit(uri).scheme in ("http", "https"):
        _check_server(uri)
    elif urlsplit(uri).scheme.partition("+")[0] not in DATABASES:
        allowed = ", ".join(f"{name}://…" for name in DATABASES)
        raise StoreError(f"{shown(uri)}: a store is sqlite:///PATH, http://HOST:PORT, https://HOST:PORT or {allowed}")


def database(uri: str) -> Path:
    """The file of a sqlite store."""
    return Path(uri.removeprefix(SQLITE).partition("?")[0])


def shown(text: str) -> str:
    """An address, or a message that holds one, as it may be printed: without user and password."""
    return USER_AND_PASSWORD.sub("//", text)


def _check_sqlite(path: Path) -> None:
    """Folder and file can be written, and the file, if there is one, is a database of MLflow's."""
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise StoreError(f"{path}: the folder {path.parent} cannot be written")
    artifacts = path.parent / "mlruns"
    if artifacts.exists() and not (artifacts.is_dir() and os.access(artifacts, os.W_OK | os.X_OK)):
        raise StoreError(f"{path}: the artifacts' folder {artifacts} cannot be written")
    if not path.exists():
        return
    if not path.is_file():
        raise StoreError(f"{path}: is not a file")
    if not os.access(path, os.R_OK | os.W_OK):
        raise StoreError(f"{path}: cannot be written")
    with path.open("rb") as file:
        start = file.read(len(HEADER))
    if start not in (b"", HEADER):
        raise StoreError(f"{path}: is not a SQLite database")
    tables = _tables(path)
    if tables and not tables & MLFLOW_TABLES:
        raise StoreError(f"{path}: is a database, but not one of MLflow's")


def _tables(path: Path) -> set[str]:
    """Names of the tables in a SQLite file; none while another process has it locked."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=1)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return set()
        raise StoreError(f"{path}: cannot be read: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: cannot be read: {error}") from error
    finally:
        connection.close()


def _check_server(uri: str) -> None:
    """The server answers its health check; one that asks for a password is up."""
    if not urlsplit(uri).hostname:
        raise StoreError(f"{shown(uri)}: names no host")
    try:
        within(HEALTH_SECONDS, lambda: urlopen(f"{shown(uri).rstrip('/')}/health", timeout=HEALTH_SECONDS).close())
    except HTTPError as error:
        if error.code >= 500:
            raise StoreDown(f"{shown(uri)}: the tracking server is not well (HTTP {error.code})") from error
        if error.code not in (401, 403):
            raise StoreError(f"{shown(uri)}: answers, but not as an MLflow server (HTTP {error.code})") from error
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise StoreDown(shown(f"{uri}: the tracking server does not answer ({reason})")) from error


def within(seconds: float, call: Callable[[], Answer]) -> Answer:
    """What ``call`` returns or raises. Raises TimeoutError when that takes longer than ``seconds``.

    The network's own limits are on each read, so a server that sends a byte now and then would hold a program for
    ever. The call goes on in a thread that does not keep the process alive.
    """
    ended: SimpleQueue[tuple[Answer | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            ended.put((call(), None))
        except BaseException as error:  # handed to the caller
            ended.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        answer, error = ended.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if error is not None:
        raise error
    return cast("Answer", answer)
