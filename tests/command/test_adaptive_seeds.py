"""until=decided from outside: blocks of seeds are logged, reused after a kill, refused where they make no sense."""

import os
import signal
import subprocess
import sys

import pandas as pd
import pytest
from laboratory import SECONDS

pytestmark = [pytest.mark.command, pytest.mark.slow, pytest.mark.usefixtures("with_database")]

SWEEP = (
    "+study=optimizer_comparison",
    "problem=rosenbrock",
    "optimizer=gd,momentum",
    "seeds=8",
    "tuning.seeds=2",
    "tuning.rates=5",
    "tuning.widenings=0",
    "steps=300",
    "figures=[]",
    "sweep_figures=[]",
    "until=decided",
    "max_seeds=24",
    "claim=C4.momentum",
)


def verdicts(laboratory):
    return pd.read_csv(laboratory.results("optimizer_comparison") / "verdicts.csv").set_index("claim")


def test_blocks_are_added_until_the_claim_is_decided_and_logged(laboratory):
    done = laboratory.run(*SWEEP)
    assert done.returncode == 0, done.stderr
    assert not (laboratory.folder / "results" / "optimizer_comparison").exists()
    row = verdicts(laboratory).loc["C4.momentum"]
    looks = pd.read_csv(laboratory.results("optimizer_comparison") / "looks.csv")
    blocks = int(looks["look"].max())
    assert looks["seeds"].unique().tolist() == [8 * number for number in range(1, blocks + 1)]
    said = "not decided within" if row["verdict"] == "inconclusive" else f"{row['verdict']}, {row['seeds']} seeds"
    assert f"C4.momentum: {said}" in done.stdout
    assert f"test seeds spent: {8 * blocks} of at most 24" in done.stdout
    logged = laboratory.logged("optimizer_comparison")
    [summary] = [run for run in logged if run.data.tags["kind"] == "sweep"]
    assert (summary.data.metrics["seeds_spent"], summary.data.metrics["looks"]) == (8 * blocks, blocks)
    assert summary.data.metrics.get("decided_at_look.C4.momentum", 0) == (
        row["look"] if row["verdict"] != "inconclusive" else 0
    )
    cells = [run.data.params for run in logged if run.data.tags["kind"] == "cell"]
    assert sorted(int(params.get("first_seed", 0)) for params in cells) == sorted([*range(0, 8 * blocks, 8)] * 2)
    assert "looked at" in (laboratory.results("optimizer_comparison") / "page.md").read_text()


def test_a_killed_search_for_a_verdict_goes_on_with_the_same_answer(laboratory):
    killed = laboratory.start(*SWEEP)
    laboratory.await_a_run()
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    kept = laboratory.finished()
    done = laboratory.run(*SWEEP)
    assert done.returncode == 0, done.stderr
    assert kept <= laboratory.finished()
    first, answer = verdicts(laboratory), done.stdout.split("C4.momentum: ")[-1]
    again = laboratory.run(*SWEEP)
    assert "optimizer_comparison: 0 runs done" in again.stdout
    assert again.stdout.split("C4.momentum: ")[-1] == answer
    pd.testing.assert_frame_equal(verdicts(laboratory), first)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("until=sometime",), "until = sometime: must be decided"),
        (("max_seeds=60",), "max_seeds = 60: has a part with until=decided alone"),
        (("until=decided", "max_seeds=50"), "max_seeds = 50: must be seeds = 30, or a multiple of it"),
        (
            ("until=decided", "claim=C4.adm"),
            "claim = C4.adm: must be one of C4, C4.adam, C4.momentum (did you mean C4.adam?)",
        ),
        (("until=decided", "first_seed=30"), "first_seed = 30: must be 0 with until=decided"),
        (("until=decided", "seeds=5,10"), "seeds"),
        (("first_seed=-1",), "first_seed = -1: must be a whole number, at least 0"),
        (("+study=initialization", "until=decided"), "until = decided: the runs of initialization"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(laboratory, words, message):
    study = () if "+study=initialization" in words else ("+study=optimizer_comparison",)
    refused = laboratory.run(*study, *words)
    assert refused.returncode == 2
    [line] = refused.stderr.splitlines()
    assert line.startswith(f"error: {message}")
    assert not (laboratory.folder / "runs").exists()


def settle(laboratory, *words):
    return subprocess.run(
        [sys.executable, "-m", "src.settle", *words],
        cwd=laboratory.folder,
        env=laboratory.environment({"LOKY_MAX_CPU_COUNT": "1"}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_a_claim_is_settled_by_name(laboratory):
    own = [word for word in SWEEP if not word.startswith(("+study", "until", "claim"))]
    done = settle(laboratory, "C4.momentum", *own)
    assert done.returncode == 0, done.stderr
    assert "C4.momentum: " in done.stdout
    assert "C4.adam" not in done.stdout.split("make ui")[-1]


def test_an_unknown_claim_is_refused_with_the_nearest_names(laboratory):
    refused = settle(laboratory, "C4.adams")
    assert refused.returncode == 2
    [line] = refused.stderr.splitlines()
    assert line.startswith("error: claim = C4.adams: no study settles it; did you mean C4.adam")
    assert list(laboratory.folder.glob("*")) in ([], [laboratory.folder / "mlflow.db"])
