"""A copy of the project as a git repository of its own, and DVC run in it from outside."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GIT = {f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
# DVC looks for `python` on the PATH where the project has no .venv of its own, as this copy.
ENVIRONMENT = {**os.environ, **GIT, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
ENVIRONMENT.pop("MLFLOW_TRACKING_URI", None)
ENVIRONMENT["LOKY_MAX_CPU_COUNT"] = "1"  # worker processes would take longer to start than the small runs of tests
LEFT_OUT = ("tests/", "benchmarks/", "docs/")
READ = ("docs/reference.md", "docs/rules.csv")  # by the stage that settles all claims


def copied(folder: Path) -> None:
    """Copy the work tree's files, tests and documents aside."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and (name in READ or not name.startswith(LEFT_OUT)) and name != "dvc.lock":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def run(folder: Path, *words: str, code: int = 0) -> str:
    """The command's output, both streams; it must end with ``code``."""
    done = subprocess.run(
        words, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def commit(folder: Path) -> None:
    """Commit all that git does not ignore."""
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "as it is")


def stages_run(output: str) -> list[str]:
    """Names of the stages that DVC says it ran."""
    return [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")]


def runs_done(output: str) -> int:
    """Number of runs that the studies' own reports say were done, not found finished."""
    return sum(int(line.split()[1]) for line in output.splitlines() if " runs done, " in line)
