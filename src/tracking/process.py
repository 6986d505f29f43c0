"""Which process speaks to the store, and whether it still lives; and locks between the processes of one host."""

import getpass
import hashlib
import os
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psutil
from filelock import FileLock

# Creation times are derived from the boot time, which moves a little when the clock is set.
CLOCK_SECONDS = 5.0


def host() -> str:
    """This host's name."""
    return socket.gethostname()


def user() -> str:
    """The user's name; "unknown" where the system has none (a container's bare uid)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def here() -> dict[str, str]:
    """Tags that let another process find out whether this one still lives."""
    return {"host": host(), "pid": str(os.getpid()), "pid.created": f"{psutil.Process().create_time():.3f}"}


def gone(tags: Mapping[str, str]) -> bool:
    """Whether the process that ``tags`` (of ``here``) name ran on this host and has ended.

    A pid that was given to a younger process counts as ended: containers use the same few pids again and again.
    """
    if tags.get("host") != host() or not tags.get("pid", "").isdigit():
        return False
    try:
        process = psutil.Process(int(tags["pid"]))
        created = process.create_time()
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
    return "pid.created" in tags and abs(created - float(tags["pid.created"])) > CLOCK_SECONDS


def lock(name: str) -> FileLock:
    """The lock called ``name`` among this user's processes on this host; freed by the system when they die."""
    folder = Path(tempfile.gettempdir()) / f"optimization-laboratory-{user()}"
    folder.mkdir(exist_ok=True)
    return FileLock(folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.lock")
