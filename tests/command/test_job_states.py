"""Folders of job states: one for each command, and none that a killed command left."""

import json
import os
import subprocess
import sys
import time

import pytest

from src.command.job_states import ABANDONED_SECONDS, OWNER, Entry, JobStates
from src.tracking.process import here


@pytest.fixture
def ended():
    """A process that has ended, as it would have described itself."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    return here() | {"pid": str(process.pid)}


def folder(parent, name, owner=None, age=0.0):
    made = parent / name
    made.mkdir()
    if owner is not None:
        (made / OWNER).write_text(json.dumps(owner))
    then = time.time() - age
    os.utime(made, (then, then))
    return made


def test_what_killed_commands_left_is_removed_and_what_living_ones_use_is_kept(tmp_path, ended, monkeypatch):
    monkeypatch.setenv("LABORATORY_JOB_STATES", "")
    removed = [
        folder(tmp_path, "abc-dead", ended),
        folder(tmp_path, "abc-elsewhere", ended | {"host": "another"}, 2 * ABANDONED_SECONDS),
        folder(tmp_path, "abc-nobody", None, 2 * ABANDONED_SECONDS),
    ]
    kept = [
        folder(tmp_path, "abc-living", here()),
        folder(tmp_path, "abc-another", ended | {"host": "another"}),
        folder(tmp_path, "abc-just-made"),
    ]
    states = JobStates.opened(tmp_path, "abc")
    assert [path.name for path in removed if path.exists()] == []
    assert [path.name for path in kept if not path.exists()] == []
    states.write(Entry(job=0, name="a", state="running"))
    assert [entry.job for entry in states.entries()] == [0]  # the owner is no job
    JobStates.opened(tmp_path, "abc")
    assert states.folder.exists()
