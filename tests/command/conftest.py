"""The source that the tests of the command run, and a working directory of its own for each."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from laboratory import Laboratory, copied


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = copied(tmp_path_factory.mktemp("source"))
    (root / ".gitignore").write_text("__pycache__/\n")
    author = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "The source as it is"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    return root


@pytest.fixture
def with_database(laboratory: Laboratory, empty_database: Path) -> None:
    """The laboratory's folder has a database before the first command."""
    shutil.copy(empty_database, laboratory.folder)


@pytest.fixture
def laboratory(tmp_path: Path, source: Path) -> Iterator[Laboratory]:
    before = dict(os.environ)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    made = Laboratory(tmp_path, source)
    yield made
    for process in made.started:
        with suppress(ProcessLookupError):  # all of them have ended
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    os.environ.clear()
    os.environ.update(before)
