"""Sweeps that are cut off: they end at once and cleanly, and the same command does the rest."""

import os
import re
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from laboratory import ROOT, alive

pytestmark = [pytest.mark.command, pytest.mark.slow, pytest.mark.usefixtures("with_database")]

SWEEP = (
    "+study=optimizer_comparison",
    "optimizer=adam,gd,momentum",
    "problem=bowl,sines,narrow_valley",
    "seeds=3",
    "tuning.seeds=2",
    "steps=20",
    "figures=[loss_band]",
)


def test_a_killed_sweep_is_finished_by_the_same_command(laboratory):
    killed = laboratory.start(*SWEEP)
    laboratory.await_a_run()
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=60)
    kept = laboratory.finished()
    assert 1 <= len(kept) < 9

    rest = laboratory.run(*SWEEP)
    assert rest.returncode == 0, rest.stderr
    assert f"{9 - len(kept)} runs done, {len(kept)} were done before, 0 failed" in rest.stdout
    assert len(laboratory.finished()) == 9
    assert laboratory.finished() > kept
    for identity in laboratory.finished():
        run = laboratory.folder / "runs" / identity
        assert {path.name for path in run.iterdir()} >= {"summary.csv", "curves.csv", "config.yaml", "figures"}
    logged = laboratory.logged("optimizer_comparison")
    finished = [run.data.tags["identity"] for run in logged if run.info.status == "FINISHED"]
    assert len(finished) == len(set(finished)) == 10
    assert "RUNNING" not in {run.info.status for run in logged}
    ranking = pd.read_csv(laboratory.results("optimizer_comparison") / "ranking.csv")
    assert len(ranking) == 9


@pytest.mark.parametrize(
    ("signals", "everyone"), [(signal.SIGINT, True), (signal.SIGTERM, False)], ids=["Ctrl+C", "terminated"]
)
def test_an_interrupted_sweep_ends_at_once_with_all_its_processes(laboratory, signals, everyone):
    sweep = laboratory.start(*SWEEP)
    laboratory.await_a_run()
    began = time.monotonic()
    if everyone:  # a terminal sends Ctrl+C to the whole group
        os.killpg(sweep.pid, signals)
    else:
        sweep.send_signal(signals)
    output, errors = sweep.communicate(timeout=60)
    assert sweep.returncode == 130
    assert time.monotonic() - began < 30
    assert output.strip() == ""
    assert errors.splitlines()[-1].startswith("interrupted: ")
    assert "Traceback" not in errors
    while alive(sweep.pid):
        assert time.monotonic() - began < 60, alive(sweep.pid)
        time.sleep(0.1)
    assert list((laboratory.folder / "runs" / ".sweeps").iterdir()) == []


SWALLOWED = {
    "a destructor": """
class Dying:
    def __del__(self):
        os.kill(os.getpid(), number)
        for _ in range(1000):
            pass

def swallow():
    Dying()
""",
    "a weak reference's callback": """
class Target:
    pass

def called(_):
    os.kill(os.getpid(), number)
    for _ in range(1000):
        pass

def swallow():
    target = Target()
    reference = weakref.ref(target, called)
    del target
""",
    "a library that catches everything": """
def swallow():
    try:
        os.kill(os.getpid(), number)
        time.sleep(5)
    except BaseException:
        pass
""",
}
INTERRUPTED = """
import os, signal, sys, time, weakref
from src.command.interruption import interruptible

number = getattr(signal, sys.argv[1])
signal.signal(signal.SIGINT, signal.default_int_handler)
{swallow}
with interruptible():
    try:
        swallow()
        print("goes on")
        time.sleep(20)
        print("was not interrupted")
    except KeyboardInterrupt:
        time.sleep(2.5)  # cleaning up, which takes longer than the time to the next alarm
        print("cleaned up")
time.sleep(1.5)
print("ends")
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("where", SWALLOWED)
def test_an_interruption_that_is_swallowed_is_raised_again(where, number):
    code = INTERRUPTED.format(swallow=SWALLOWED[where])
    done = subprocess.run(
        [sys.executable, "-c", code, number], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.split("\n"), done.stderr) == (["goes on", "cleaned up", "ends", ""], "")
    assert done.returncode == 0


def test_an_ignored_ctrl_c_stays_ignored():
    code = """
import os, signal
from src.command.interruption import interruptible

signal.signal(signal.SIGINT, signal.SIG_IGN)
with interruptible():
    os.kill(os.getpid(), signal.SIGINT)
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


KILLED = """
import os
import re
import signal
from pathlib import Path

from src.optimizers.adam import Adam


class Always(Adam):
    def update(self, *arguments, **more):
        os.kill(os.getpid(), signal.SIGKILL)


class Once(Adam):
    def update(self, *arguments, **more):
        if not Path("killed").exists():
            Path("killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().update(*arguments, **more)
"""


def test_a_killed_worker_costs_its_own_run_alone_and_that_is_tried_twice(laboratory):
    (laboratory.folder / "mine.py").write_text(KILLED)
    done = laboratory.run(
        "-m", "problem=bowl", "optimizer._target_=mine.Always,mine.Once,src.optimizers.adam.Adam",
        "seeds=2", "tuning.seeds=1", "tuning.rates=3", "tuning.widenings=0", "steps=5",
        "figures=[]", "sweep_figures=[]", LOKY_MAX_CPU_COUNT="2",
    )  # fmt: skip
    assert done.returncode == 1
    # A run that was saved just before the others' process was killed is found done when it is tried again.
    assert re.search(r"single: (2 runs done, 0|1 runs done, 1|0 runs done, 2) were done before, 1 f", done.stdout)
    assert "mine.Always) on bowl: its process was killed twice" in done.stderr
    assert "Traceback" not in done.stderr


def test_workers_end_with_their_sweep_however_that_ends(laboratory):
    sweep = laboratory.start(*SWEEP)
    laboratory.await_a_run()
    os.kill(sweep.pid, signal.SIGKILL)
    sweep.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while [words for words in alive(sweep.pid) if "LokyProcess" in words]:
        assert time.monotonic() < deadline, alive(sweep.pid)
        time.sleep(0.1)
