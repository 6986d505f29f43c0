"""Which state of the source a run came from."""

import subprocess
from pathlib import Path


def revision_tags(root: Path) -> dict[str, str]:
    """``git.revision`` and ``git.dirty`` of the work tree at ``root``; empty where there is none, or no git."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        return {
            "git.revision": git("rev-parse", "HEAD"),
            "git.dirty": str(bool(git("status", "--porcelain"))).lower(),
        }
    except (OSError, subprocess.CalledProcessError):
        return {}
