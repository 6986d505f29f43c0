"""What killed processes left among runs and results is removed, and what may be in use is kept."""

import os
import time

from src.runs.directories import FAILED_SECONDS, LEFTOVER_SECONDS, remove_leftovers, replace_contents


def old(path, seconds):
    path.mkdir(parents=True, exist_ok=True)
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def test_leftovers_of_killed_processes_are_removed(tmp_path):
    hours, months = 2 * LEFTOVER_SECONDS, 2 * FAILED_SECONDS
    removed = [
        old(tmp_path / ".0123456789abcdef-x1y2z3", hours),
        old(tmp_path / "sweeps" / ".0123456789abcdef-x1y2z3", hours),
        old(tmp_path / ".failed" / "0123456789abcdef", months),
    ]
    kept = [
        old(tmp_path / "0123456789abcdef", months),
        old(tmp_path / ".damaged" / "0123456789abcdef-1", months),
        old(tmp_path / ".failed" / "fedcba9876543210", hours),
        old(tmp_path / ".fedcba9876543210-x1y2z3", 0),
    ]
    remove_leftovers(tmp_path)
    assert [path.name for path in removed if path.exists()] == []
    assert [path.name for path in kept if not path.exists()] == []


def test_results_that_a_killed_process_was_writing_are_removed(tmp_path):
    left = old(tmp_path / ".study-abcdefgh", 2 * LEFTOVER_SECONDS)
    kept = [
        old(tmp_path / ".other-abcdefgh", 2 * LEFTOVER_SECONDS),
        old(tmp_path / ".study-notes", 2 * LEFTOVER_SECONDS),
        old(tmp_path / ".study-12345678", 0),
    ]
    replace_contents(tmp_path / "study", lambda aside: (aside / "a.csv").write_text("a"))
    assert not left.exists()
    assert all(path.exists() for path in kept)
    assert (tmp_path / "study" / "a.csv").exists()
