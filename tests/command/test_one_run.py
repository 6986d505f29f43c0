"""One run from outside: what it leaves, that it is not done again, and what is logged to MLflow, also later."""

import math
import socket

import pandas as pd
import pytest
import yaml

pytestmark = [pytest.mark.command, pytest.mark.slow]

RUN = ("problem=bowl", "optimizer=gd", "seeds=3", "tuning.seeds=2", "steps=20")
TABLES = {"summary.csv", "curves.csv", "ranking.csv"}


def contents(folder):
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_run_leaves_tables_figures_and_its_config_and_is_done_once(laboratory):
    first = laboratory.run(*RUN)
    assert first.returncode == 0, first.stderr
    assert "single: 1 runs done, 0 were done before, 0 failed" in first.stdout
    results = laboratory.folder / "results" / "single"
    assert {path.name for path in results.iterdir()} >= TABLES | {"metrics.json", "figures", "page.md"}
    assert {path.name for path in (results / "figures").iterdir()} >= {"comparison_curves.png", "ranking.png"}
    summary = pd.read_csv(results / "summary.csv")
    assert sorted(summary.query("split == 'test'")["seed"]) == [0, 1, 2]

    [identity] = laboratory.finished()
    run = laboratory.folder / "runs" / identity
    assert {path.name for path in run.iterdir()} >= {"summary.csv", "curves.csv", "run.json", "config.yaml"}
    assert (run / "figures" / "loss_band.png").stat().st_size > 10_000
    config = yaml.safe_load((run / "config.yaml").read_text())
    assert config["problem"]["_target_"] == "src.problems.quadratic.Quadratic"
    assert (config["seeds"], config["steps"], config["tuning"]["seeds"]) == (3, 20, 2)

    before, logged = contents(run), {each.info.run_id for each in laboratory.logged("single")}
    second = laboratory.run(*RUN)
    assert second.returncode == 0, second.stderr
    assert "single: 0 runs done, 1 were done before, 0 failed" in second.stdout
    assert contents(run) == before
    assert {each.info.run_id for each in laboratory.logged("single")} == logged
    assert len(logged) == 2
    assert second.stdout.partition("\n")[2] == first.stdout.partition("\n")[2]


@pytest.mark.usefixtures("with_database")
def test_a_function_of_ones_own_is_searched_by_two_methods_and_tracked(laboratory):
    (laboratory.folder / "mine.py").write_text("def far(point):\n    return abs(point[0] - 1) + abs(point[1])\n")
    words = ("+search=cma_es,random_search", "problem=plain_function", "problem.function=mine.far", "seeds=3")
    box = ("problem.lower=[-2,-2]", "problem.upper=[2,2]", "problem.lowest=0.0", "steps=100")
    done = laboratory.run(*words, *box)
    assert done.returncode == 0, done.stderr
    assert "single: 2 runs done, 0 were done before, 0 failed" in done.stdout
    assert "Best point that any seed found" in done.stdout
    results = laboratory.folder / "results" / "single"
    assert {path.name for path in results.iterdir()} >= TABLES | {"best_points.csv", "metrics.json"}
    assert pd.read_csv(results / "ranking.csv")["method"].tolist() == ["cma_es", "random_search"]
    for identity in laboratory.finished():
        figures = laboratory.folder / "runs" / identity / "figures"
        assert {path.name for path in figures.glob("*.png")} == {"loss_band.png", "population.png"}
    logged = laboratory.logged("single")
    assert sorted(run.data.tags["kind"] for run in logged) == ["cell", "cell", "sweep"]
    assert all("steps_saved" in run.data.metrics for run in logged if run.data.tags["kind"] == "cell")
    (laboratory.folder / "mine.py").write_text("def far(point):\n    return abs(point[0] + 1) + abs(point[1])\n")
    assert "single: 2 runs done, 0 were done before" in laboratory.run(*words, *box).stdout


def test_a_server_that_is_down_delays_the_logging_and_loses_nothing(laboratory):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    offline = laboratory.run(*RUN, MLFLOW_TRACKING_URI=address)
    assert offline.returncode == 0, offline.stderr
    assert f"warning: {address}: the tracking server does not answer" in offline.stderr
    assert "not logged to MLflow" in offline.stderr
    assert "Traceback" not in offline.stderr
    assert len(laboratory.finished()) == 1
    assert (laboratory.folder / "results" / "single" / "ranking.csv").is_file()
    assert not (laboratory.folder / "mlflow.db").exists()

    online = laboratory.run(*RUN)
    assert online.returncode == 0, online.stderr
    assert "single: 0 runs done, 1 were done before, 0 failed" in online.stdout
    assert "not logged" not in online.stderr
    logged = laboratory.logged("single")
    assert sorted(run.data.tags["kind"] for run in logged) == ["cell", "sweep"]
    assert {run.info.status for run in logged} == {"FINISHED"}
    assert all(math.isfinite(value) for run in logged for value in run.data.metrics.values())


def test_a_full_disk_is_said_and_leaves_no_half_run(laboratory):
    unmade = laboratory.run(*RUN, blocks=600)  # 300 kB, less than a new database needs
    assert unmade.returncode == 2
    assert len(unmade.stderr.splitlines()) == 1
    assert unmade.stderr.startswith(f"error: sqlite:///{laboratory.folder / 'mlflow.db'}: ")
    assert list(laboratory.folder.iterdir()) == []

    halved = laboratory.run(*RUN, blocks=40, MLFLOW_TRACKING_URI="http://127.0.0.1:9")  # 20 kB, less than the tables
    assert halved.returncode == 1
    assert "failed: gd on bowl: OSError: [Errno 27] File too large" in halved.stderr
    assert "error: all 1 runs failed" in halved.stderr
    assert "Traceback" not in halved.stderr
    assert laboratory.finished() == set()
    assert list(laboratory.folder.glob("runs/.????????????????-*")) == []

    freed = laboratory.run(*RUN)
    assert freed.returncode == 0, freed.stderr
    assert "single: 1 runs done, 0 were done before, 0 failed" in freed.stdout
