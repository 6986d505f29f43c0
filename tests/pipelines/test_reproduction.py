"""DVC from outside: a copy of the project with two small studies is reproduced, and only what changed is rerun."""

import json
import re
import shutil

import pandas as pd
import pytest
import yaml
from project import commit, copied, run, runs_done, stages_run

pytestmark = [pytest.mark.slow, pytest.mark.command]
STUDY = {
    "defaults": [{"override /hydra/launcher": "basic"}],
    "hydra": {"mode": "MULTIRUN", "sweeper": {"params": {"problem": "bowl", "optimizer": "gd,adam"}}},
    "figures": [],
    "sweep_figures": ["ranking"],
}
NAMES = ("first", "second")


@pytest.fixture
def project(tmp_path, empty_database):
    """A git repository with the work tree's files, and the studies ``first`` and ``second`` in place of its own."""
    copied(tmp_path)
    shutil.copy(empty_database, tmp_path)
    for path in (tmp_path / "conf" / "study").glob("*.yaml"):
        path.unlink()
    for name in NAMES:
        about = {
            "_target_": "src.protocol.comparison.Comparison",
            "name": name,
            "question": "Which?",
            "how_to_read": "So.",
        }
        path = tmp_path / "conf" / "study" / f"{name}.yaml"
        path.write_text("# @package _global_\n" + yaml.safe_dump({**STUDY, "study": about}, sort_keys=False))
    pipeline = yaml.safe_load((tmp_path / "dvc.yaml").read_text())
    pipeline["stages"]["study"]["foreach"] = {
        "first": {"code": "src/protocol", "args": "seeds=${first.seeds} tuning.seeds=${first.tuning.seeds}"},
        "second": {"code": "src/protocol", "args": ""},
    }
    for stage in ("overview", "claims"):
        pipeline["stages"][stage]["deps"] = [f"pipelines/{stage}.py", *(f"results/{name}" for name in NAMES)]
    pipeline["stages"]["report"]["deps"] = ["pipelines/report", "results/overview.csv", "results/claims.csv"]
    pipeline["metrics"] = [f"results/{name}/metrics.json" for name in NAMES]
    pipeline["plots"] = [f"results/{name}/figures" for name in NAMES]
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump(pipeline))
    sections = "first: {seeds: 2, tuning: {seeds: 2}}\nsecond: {seeds: 3}\n"
    (tmp_path / "params.yaml").write_text(f"profile: quick\nother_root: {{root_seed: 1000, seeds: 10}}\n{sections}")
    run(tmp_path, "git", "init", "-q")
    commit(tmp_path)
    return tmp_path


def test_what_has_not_changed_is_not_run_again(project):
    every = ["claims", "other_studies", "overview", "report", "shared_sources", "study@first", "study@second"]
    assert sorted(stages_run(run(project, "dvc", "repro"))) == every
    overview = pd.read_csv(project / "results" / "overview.csv")
    assert list(overview["study"].unique()) == ["first", "second"]
    assert set(overview["profile"]) == {"quick"}
    assert run(project, "git", "status", "--porcelain").split() == ["??", "dvc.lock"]
    commit(project)

    again = run(project, "dvc", "repro")
    assert stages_run(again) == []
    assert again.count("didn't change, skipping") == 7

    changed = run(project, "dvc", "exp", "run", "-S", "first.seeds=1")
    assert sorted(stages_run(changed)) == ["claims", "overview", "report", "study@first"]
    assert runs_done(changed) == 2
    summary = pd.read_csv(project / "results/first/summary.csv")
    assert set(summary.loc[summary["split"] == "test", "seed"]) == {0}

    difference = json.loads(run(project, "dvc", "metrics", "diff", "--json"))
    assert list(difference) == ["results/first/metrics.json"]
    shown = run(project, "dvc", "metrics", "show")
    assert "results/first/metrics.json" in shown
    assert "results/second/metrics.json" in shown
    assert max(len(line) for line in shown.splitlines()) < 160

    run(project, "dvc", "plots", "diff")
    pictures = {path.name for path in (project / "dvc_plots/static").iterdir()}
    assert pictures == {
        f"{where}_results_{study}_figures_ranking.png" for where in ("HEAD", "workspace") for study in NAMES
    }
    assert run(project, "git", "status", "--porcelain").split() == ["M", "dvc.lock", "M", "params.yaml"]


def test_a_study_that_fails_fails_its_stage_and_the_overview_says_which_is_missing(project):
    path = project / "conf" / "study" / "second.yaml"
    path.write_text(path.read_text().replace("gd,adam", "gd,adm"))
    output = run(project, "dvc", "repro", code=255)
    assert "optimizer = adm: must be one of" in output
    said = run(project, "python", "-m", "pipelines.overview", code=1)
    assert re.search(r"error: results/(first|second)/headline.csv: missing", said)
