"""DVC from outside: a copy of the project with two small studies is reproduced, and only what changed is rerun."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GIT = {f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
# DVC looks for `python` on the PATH where the project has no .venv of its own, as this copy.
ENVIRONMENT = {**os.environ, **GIT, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
ENVIRONMENT.pop("MLFLOW_TRACKING_URI", None)
STUDY = {
    "defaults": [{"override /hydra/launcher": "basic"}],
    "hydra": {"mode": "MULTIRUN", "sweeper": {"params": {"problem": "bowl", "optimizer": "gd,adam"}}},
    "figures": [],
    "sweep_figures": ["ranking"],
}


@pytest.fixture
def project(tmp_path):
    """A git repository with the work tree's files, and the studies ``first`` and ``second`` in place of its own."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (
            (ROOT / name).is_file()
            and not name.startswith(("tests/", "benchmarks/", "conf/study/"))
            and name != "dvc.lock"
        ):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    for name in ("first", "second"):
        about = {
            "_target_": "src.studies.comparison.Comparison",
            "name": name,
            "question": "Which?",
            "reading": "So.",
        }
        path = tmp_path / "conf" / "study" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("# @package _global_\n" + yaml.safe_dump({**STUDY, "study": about}, sort_keys=False))
    (tmp_path / "params.yaml").write_text("profile: quick\nfirst: {seeds: 2, tuning: {seeds: 2}}\n")
    run(tmp_path, "python", "-m", "pipelines.stages")
    run(tmp_path, "git", "init", "-q")
    commit(tmp_path)
    return tmp_path


def run(folder, *words):
    done = subprocess.run(
        words, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def commit(folder):
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "as it is")


def stages_run(output):
    return [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")]


@pytest.mark.slow
@pytest.mark.command
def test_what_has_not_changed_is_not_run_again(project):
    assert sorted(stages_run(run(project, "dvc", "repro"))) == ["first", "overview", "second"]
    overview = pd.read_csv(project / "results" / "overview.csv")
    assert overview.groupby(["study", "problem", "optimizer"]).ngroups == 4
    assert set(overview["profile"]) == {"quick"}
    untracked = run(project, "git", "status", "--porcelain").split()
    assert untracked == ["??", "dvc.lock"]
    commit(project)

    again = run(project, "dvc", "repro")
    assert stages_run(again) == []
    assert again.count("didn't change, skipping") == 3

    shutil.copy(project / "conf/optimizer/adam.yaml", project / "conf/optimizer/lion.yaml")
    (project / "src/optimizers/lion.py").write_text('"""A new method, of which no study here knows."""\n')
    run(project, "python", "-m", "pipelines.stages", "--check")
    assert stages_run(run(project, "dvc", "repro")) == []

    assert stages_run(run(project, "dvc", "exp", "run", "-S", "first.seeds=1")) == ["first", "overview"]
    summary = pd.read_csv(project / "results/first/summary.csv")
    assert set(summary.loc[summary["split"] == "test", "seed"]) == {0}

    difference = json.loads(run(project, "dvc", "metrics", "diff", "--json"))
    assert list(difference) == ["results/first/metrics.json"]
    shown = run(project, "dvc", "metrics", "show")
    assert "results/first/metrics.json" in shown
    assert "results/second/metrics.json" in shown

    run(project, "dvc", "plots", "diff")
    pictures = {path.name for path in (project / "dvc_plots/static").iterdir()}
    assert pictures == {
        f"{where}_results_{study}_figures_ranking.png"
        for where in ("HEAD", "workspace")
        for study in ("first", "second")
    }
    assert run(project, "git", "status", "--porcelain").split() == [
        "M",
        "dvc.lock",
        "M",
        "params.yaml",
        "??",
        "conf/optimizer/lion.yaml",
        "??",
        "src/optimizers/lion.py",
    ]
