"""Sweeps from outside: what MLflow shows of one, the textbook's numbers, failures, concurrency."""

import json
import re
from collections import Counter

import pandas as pd
import pytest
from laboratory import SECONDS

pytestmark = [pytest.mark.command, pytest.mark.slow, pytest.mark.usefixtures("with_database")]

NARROWED = (
    "+study=optimizer_comparison",
    "optimizer=adam,gd",
    "problem=bowl,sines",
    "seeds=3",
    "tuning.seeds=2",
    "steps=20",
)
METRICS = {
    "final_loss",
    "final_loss_q25",
    "final_loss_q75",
    "best_learning_rate",
    "success_rate",
    "diverged_rate",
    "stopped_rate",
    "steps_saved",
}
TAGS = {"identity", "study", "sweep", "host", "pid", "git.revision", "git.dirty", "mlflow.note.content"}


def check_logged_once(laboratory, study, cells):
    """Each identity FINISHED exactly once, none left RUNNING; the cells and the sweep's own run."""
    logged = laboratory.logged(study)
    assert {run.info.status for run in logged} == {"FINISHED"}
    assert set(Counter(run.data.tags["identity"] for run in logged).values()) == {1}
    assert Counter(run.data.tags["kind"] for run in logged) == {"cell": cells, "sweep": 1}
    assert {run.data.tags["identity"] for run in logged if run.data.tags["kind"] == "cell"} == laboratory.finished()
    assert len({run.data.tags["sweep"] for run in logged}) == 1
    return logged


def test_a_narrowed_study_is_logged_whole(laboratory):
    done = laboratory.run(*NARROWED)
    assert done.returncode == 0, done.stderr
    assert "optimizer_comparison: 4 runs done, 0 were done before, 0 failed" in done.stdout
    logged = check_logged_once(laboratory, "optimizer_comparison", cells=4)
    cells = [run for run in logged if run.data.tags["kind"] == "cell"]
    [summary] = [run for run in logged if run.data.tags["kind"] == "sweep"]
    assert {(run.data.tags["optimizer"], run.data.tags["problem"]) for run in cells} == {
        (optimizer, problem) for optimizer in ("adam", "gd") for problem in ("bowl", "sines")
    }
    for run in cells:
        assert run.data.tags["git.dirty"] == "false"
        assert set(run.data.tags) >= TAGS | {"mlflow.runColor"}
        for name in METRICS:
            assert (name in run.data.metrics) != (f"missing.{name}" in run.data.tags)
        assert all(abs(value) < 1e300 for value in run.data.metrics.values())
        assert run.data.params["steps"] == "20"
        assert laboratory.artifacts(run) >= {
            "config.yaml",
            "figures/loss_band.png",
            "tables/summary.csv",
            "tables/curves.csv",
        }
    assert set(summary.data.tags) >= TAGS
    assert laboratory.artifacts(summary) >= {"config.yaml", "page.md", "figures/ranking.png", "tables/ranking.csv"}
    page = (laboratory.results("optimizer_comparison") / "page.md").read_text()
    assert summary.data.tags["mlflow.note.content"] == page
    assert page.startswith("# optimizer_comparison\n\n**Which optimizer is best")
    assert "- **C4.adam** No verdict: In Rosenbrock's valley Adam is faster" in page
    assert "## Left out" in page
    # One color a method, whatever the problem.
    colors = {(run.data.tags["optimizer"], run.data.tags["mlflow.runColor"]) for run in cells}
    assert len(colors) == len({color for _, color in colors}) == 2
    ranking = pd.read_csv(laboratory.results("optimizer_comparison") / "ranking.csv")
    assert len(ranking) == 4


# Worked out in plain Python floats from the rows' formulas and settings; the rows give three or four of the digits.
TEXTBOOK = {
    ("narrow_valley", "gd"): 4.915676e-4,  # R5
    ("narrow_valley", "momentum"): 0.3864936,
    ("rosenbrock", "gd"): 6.469325,  # R6
    ("rosenbrock", "momentum"): 5.594442,
    ("rosenbrock", "adam"): 3.318739,
    ("stretched_bowl", "gd"): 7.055079e-10,  # R8
    ("stretched_bowl", "momentum"): 3.220437e-5,
    ("stretched_bowl", "adam"): 9.486474e-5,
}


def test_the_textbook_study_ends_where_the_textbook_does(laboratory):
    done = laboratory.run(
        "+study=textbook", "+preset=r5_gd,r5_momentum,r6_gd,r6_momentum,r6_adam,r8_gd,r8_momentum,r8_adam"
    )
    assert done.returncode == 0, done.stderr
    settings = pd.read_csv(laboratory.results("textbook") / "settings.csv")
    ended = settings.set_index(["problem", "method"])
    assert ended["final_loss"].to_dict() == {key: pytest.approx(value, rel=1e-6) for key, value in TEXTBOOK.items()}
    # R5: gradient descent never crosses the valley. Momentum's second point lies on the axis exactly; row R5 counts
    # 15 because it takes the way through zero as two changes of sign.
    assert ended.loc[("narrow_valley", "gd"), "sign_changes"] == 0
    assert ended.loc[("narrow_valley", "momentum"), "sign_changes"] == 14
    metrics = json.loads((laboratory.results("textbook") / "metrics.json").read_text())
    assert set(metrics) >= {"headline", "supported", "refuted", "inconclusive", "blocked", "replicates"}
    assert metrics["replicates"] == len(TEXTBOOK)


BROKEN = """
from src.optimizers.adam import Adam


class Mine(Adam):
    def update(self, *arguments, **more):
        raise RuntimeError("out of\\nluck")
"""
MENDED = """
from src.optimizers.adam import Adam


class Mine(Adam):
    pass
"""


def test_a_run_that_raises_is_logged_and_redone_alone(laboratory):
    words = (
        "-m",
        "problem=bowl",
        "optimizer._target_=mine.Mine,src.optimizers.adam.Adam",
        "seeds=3",
        "tuning.seeds=2",
        "steps=20",
    )
    (laboratory.folder / "mine.py").write_text(BROKEN)
    broken = laboratory.run(*words)
    assert broken.returncode == 1
    assert re.search(r"failed: .*mine\.Mine.* on bowl: RuntimeError: out of luck\n", broken.stderr)
    assert "Traceback" not in broken.stderr
    assert "single: 1 runs done, 0 were done before, 1 failed" in broken.stdout
    assert len(pd.read_csv(laboratory.folder / "results" / "single" / "ranking.csv")) == 1
    logged = laboratory.logged("single")
    assert sorted((run.info.status, run.data.tags["kind"]) for run in logged) == [
        ("FAILED", "cell"),
        ("FINISHED", "cell"),
        ("FINISHED", "sweep"),
    ]
    [failure] = [run for run in logged if run.info.status == "FAILED"]
    assert "traceback.txt" in laboratory.artifacts(failure)
    assert failure.data.tags["error"] == "RuntimeError: out of luck"
    assert "RuntimeError: out of luck" in failure.data.tags["mlflow.note.content"]

    (laboratory.folder / "mine.py").write_text(MENDED)
    mended = laboratory.run(*words)
    assert mended.returncode == 0, mended.stderr
    assert "single: 1 runs done, 1 were done before, 0 failed" in mended.stdout
    ranking = pd.read_csv(laboratory.folder / "results" / "single" / "ranking.csv")
    assert len(ranking) == 2
    assert ranking["score"][0] == ranking["score"][1]  # the mended method is Adam


def test_two_sweeps_at_once_share_the_work_and_lose_nothing(laboratory):
    processes = [laboratory.start(*NARROWED) for _ in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, errors
        assert "not logged" not in errors
    check_logged_once(laboratory, "optimizer_comparison", cells=4)
    results = laboratory.results("optimizer_comparison")
    assert len(pd.read_csv(results / "ranking.csv")) == 4
    assert (results / "figures" / "ranking.png").is_file()
    assert [path.name for path in results.parent.iterdir()] == [results.name]
    assert [path.name for path in (laboratory.folder / "results").iterdir()] == ["sweeps"]
