import math
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow.tracking._tracking_service.utils import _artifact_repos_cache
from stored import logged

from src.plotting.palettes import colour
from src.tracking import Store, StoreError, log_run, retire
from src.tracking.curves import POINTS
from src.tracking.log_run import BATCH_METRICS
from src.tracking.process import here

STUDY = "optimizer_comparison"
Make = Callable[..., Path]


def rows(store: Store, query: str) -> list[tuple]:
    with sqlite3.connect(store.uri.removeprefix("sqlite:///")) as connection:
        return connection.execute(query).fetchall()


def runs(store: Store) -> list:
    found = store.experiment(STUDY)
    return list(store.client.search_runs([found.experiment_id]))


def test_all_of_a_run_is_logged(store: Store, make_run: Make) -> None:
    identifier = log_run(store, make_run(), "s1")
    run = store.client.get_run(identifier)
    assert run.info.status == "FINISHED"
    assert (run.info.start_time, run.info.end_time) == (1_700_000_000_250, 1_700_000_010_500)
    assert run.data.params == {
        "optimizer": "adam",
        "stopping": "null",
        "seeds": "30",
        "problem.lower.0": "-2.0",
        "edge": "false",
    }
    assert run.data.metrics["final_loss"] == 0.125
    assert run.data.metrics["median/loss"] == pytest.approx(math.exp(-1))
    expected = {
        "identity": "0a1b2c3d",
        "study": STUDY,
        "sweep": "s1",
        "sweep.s1": "true",
        "git.revision": "a" * 40,
        "git.dirty": "false",
        "mlflow.source.git.commit": "a" * 40,
        "mlflow.runName": "adam on rosenbrock",
        "mlflow.runColor": colour("adam"),
        "mlflow.note.content": "**adam** on rosenbrock",
        "missing.steps_to_target": "fewer than half of the seeds reached the target",
        **here(),
    }
    assert expected.items() <= run.data.tags.items()
    folder = Path(run.info.artifact_uri)
    assert folder.is_relative_to(Path(store.uri.removeprefix("sqlite:///")).parent / "mlruns")
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*")) == [
        "config.yaml",
        "figures/loss_band.png",
        "figures/rates.png",
        "tables/curves.csv",
        "tables/summary.csv",
    ]


def test_curves_are_thinned_and_finite(store: Store, make_run: Make) -> None:
    log_run(store, make_run(steps=5000, metrics={"final_loss": float("inf"), "score": float("nan")}), "s1")
    stored = rows(store, "SELECT key, step, value, is_nan FROM metrics")
    assert {key for key, *_ in stored} == {
        f"{quantile}/{metric}" for quantile in ("median", "q25", "q75") for metric in ("loss", "grad_norm")
    }
    assert max(abs(value) for _, _, value, _ in stored) <= 2
    assert not any(is_nan for *_, is_nan in stored)
    steps = [step for key, step, *_ in stored if key == "median/loss"]
    assert (min(steps), max(steps)) == (0, 5000)
    assert POINTS / 2 < len(steps) <= POINTS
    assert max(step for key, step, *_ in stored if key == "q75/loss") <= 4000


def test_more_points_than_one_call_may_hold_are_all_logged(store: Store, make_run: Make) -> None:
    directory = make_run()
    names = [f"series_{number}" for number in range(12)]
    step = np.arange(100)
    curves = [pd.DataFrame({"metric": name, "step": step, "q25": 1.0, "median": 2.0, "q75": 3.0}) for name in names]
    pd.concat(curves).to_csv(directory / "curves.csv", index=False)
    log_run(store, directory, "s1")
    counts = Counter(key for key, *_ in rows(store, "SELECT key, step FROM metrics") if "/" in key)
    assert set(counts) == {f"{quantile}/{name}" for quantile in ("q25", "median", "q75") for name in names}
    assert sum(counts.values()) > 3 * BATCH_METRICS
    assert len(set(counts.values())) == 1


def test_a_run_is_finished_last_of_all(store: Store, make_run: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever interrupts the call, what is FINISHED is whole."""
    client, calls = store.client, []
    for name in ("log_batch", "log_artifact", "set_tag", "set_terminated"):
        monkeypatch.setattr(client, name, noted(name, getattr(client, name), calls))
    log_run(store, make_run(), "s1")
    assert calls[-1] == "set_terminated"
    assert calls.count("set_terminated") == 1
    assert {"log_batch", "log_artifact"} < set(calls)


def noted(name: str, call: Callable[..., object], calls: list[str]) -> Callable[..., object]:
    """``call``, which adds its ``name`` to ``calls``."""

    def wrapped(*args: object, **kwargs: object) -> object:
        calls.append(name)
        return call(*args, **kwargs)

    return wrapped


def test_a_sweeps_table_of_all_curves_is_no_curve_of_its_own(store: Store, make_run: Make) -> None:
    run = store.client.get_run(log_run(store, make_run(kind="sweep"), "s1"))
    assert set(run.data.metrics) == {"final_loss", "solved"}
    assert "tables" in {file.path for file in store.client.list_artifacts(run.info.run_id)}


def test_failed_run(store: Store, make_run: Make) -> None:
    text = "Traceback (most recent call last):\n  ...\nZeroDivisionError: division by zero\n"
    identifier = log_run(store, make_run(status="failed", metrics={}, traceback=text), "s1")
    run = store.client.get_run(identifier)
    assert run.info.status == "FAILED"
    assert run.data.tags["error"] == "ZeroDivisionError: division by zero"
    assert run.data.tags["mlflow.note.content"].startswith("**Failed:** `ZeroDivisionError: division by zero`")
    assert (Path(run.info.artifact_uri) / "traceback.txt").read_text() == text
    assert logged(store, STUDY) == set()


def test_a_second_call_only_joins_the_sweep(store: Store, make_run: Make) -> None:
    directory = make_run()
    first = log_run(store, directory, "s1")
    before = rows(store, "SELECT count(*) FROM metrics")
    assert log_run(store, directory, "s2") == first
    assert rows(store, "SELECT count(*) FROM metrics") == before
    (run,) = runs(store)
    assert (run.data.tags["sweep"], run.data.tags["sweep.s1"], run.data.tags["sweep.s2"]) == ("s2", "true", "true")
    search = store.client.search_runs([run.info.experiment_id], "tags.`sweep.s1` = 'true'")
    assert [found.info.run_id for found in search] == [first]
    assert logged(store, STUDY) == {"0a1b2c3d"}


def test_a_failure_is_logged_once_and_superseded_by_success(store: Store, make_run: Make, tmp_path: Path) -> None:
    failed = make_run(status="failed", traceback="Error: x")
    assert log_run(store, failed, "s1") == log_run(store, failed, "s1")
    (tmp_path / "again").mkdir()
    failed.rename(tmp_path / "again" / "old")
    second = log_run(store, make_run(), "s2")
    assert [(run.info.run_id, run.info.status) for run in runs(store)] == [(second, "FINISHED")]


@pytest.mark.parametrize("status", ["RUNNING", "KILLED"])
def test_an_interrupted_call_is_superseded(store: Store, make_run: Make, status: str) -> None:
    experiment = store.experiment(STUDY).experiment_id
    half = store.client.create_run(experiment, tags=here() | {"identity": "0a1b2c3d", "pid": "999999999"})
    if status == "KILLED":
        store.client.set_terminated(half.info.run_id, "KILLED")
    whole = log_run(store, make_run(), "s1")
    assert [(run.info.run_id, run.info.status) for run in runs(store)] == [(whole, "FINISHED")]


def test_a_call_on_another_host_is_left(store: Store, make_run: Make) -> None:
    experiment = store.experiment(STUDY).experiment_id
    other = store.client.create_run(experiment, tags={"identity": "0a1b2c3d", "host": "elsewhere", "pid": "1"})
    log_run(store, make_run(), "s1")
    assert sorted(run.info.status for run in runs(store)) == ["FINISHED", "RUNNING"]
    assert store.client.get_run(other.info.run_id).info.status == "RUNNING"


def test_long_and_odd_values_are_kept_within_limits(
    store: Store, make_run: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_STAGE", "study@comparison")
    odd = {"a[0]=b": "x" * 7000, "a(0)=b": 1, "a{0}=b": 2, "../up": 3, **{f"p{n}": n for n in range(150)}}
    identifier = log_run(store, make_run(params=odd, note="y" * 9000), "s/1", {"git.dirty": "true"})
    run = store.client.get_run(identifier)
    assert len(run.data.params) == len(odd)
    assert run.data.params["a.0_b"].endswith("(7000 characters)")
    assert {run.data.params["a_0__b"], run.data.params["a_0__b_2"]} == {"1", "2"}
    assert len(run.data.tags["mlflow.note.content"]) == 8000
    assert run.data.tags["dvc.stage"] == "study@comparison"
    assert run.data.tags["git.dirty"] == "true"


def test_missing_directory_and_unprepared_study(store: Store, make_run: Make, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        log_run(store, tmp_path / "runs" / "none", "s1")
    with pytest.raises(StoreError, match="no experiment 'other'; prepare it first"):
        log_run(store, make_run(study="other"), "s1")
    assert store.experiment("other") is None


def test_figures_that_were_drawn_since_are_logged_again(store: Store, make_run: Make) -> None:
    directory = make_run()
    identifier = log_run(store, directory, "s1")
    first = store.client.get_run(identifier).data.tags["figures"]
    (directory / "figures" / "rates.png").write_bytes(b"\x89PNG, drawn again")
    (directory / "figures" / "paths.png").write_bytes(b"\x89PNG, asked for later")
    assert log_run(store, directory, "s1") == identifier
    run = store.client.get_run(identifier)
    assert run.data.tags["figures"] != first
    folder = Path(run.info.artifact_uri) / "figures"
    assert (folder / "rates.png").read_bytes() == b"\x89PNG, drawn again"
    assert {path.name for path in folder.iterdir()} == {"loss_band.png", "paths.png", "rates.png"}


def test_what_a_sweep_no_longer_holds_is_retired(store: Store, make_run: Make) -> None:
    """After an edit the same command has other runs: the old summary goes, the old run leaves the sweep."""
    for identity, kind in (("aa", "cell"), ("bb", "cell"), ("cc", "sweep"), ("dd", "sweep")):
        log_run(store, make_run(identity, kind=kind), "s1")
    log_run(store, make_run("ee", kind="sweep"), "s2")
    retire(store, STUDY, "s1", {"bb", "dd"})
    tags = {run.data.tags["identity"]: run.data.tags for run in runs(store)}
    assert set(tags) == {"aa", "bb", "dd", "ee"}
    assert ["sweep.s1" in tags[identity] for identity in ("aa", "bb", "dd", "ee")] == [False, True, True, False]
    retire(store, "no such study", "s1", set())


def test_links_in_a_run_are_not_followed(store: Store, make_run: Make, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("mine\n1\n")
    run = make_run()
    (run / "secret.csv").symlink_to(secret)
    (run / "figures" / "secret.png").symlink_to(secret)
    (run / "figures" / "folder.png").mkdir()
    identifier = log_run(store, run, "s1")
    listed = [store.client.list_artifacts(identifier, folder) for folder in ("figures", "tables")]
    names = {Path(one.path).name for found in listed for one in found}
    assert names == {"loss_band.png", "rates.png", "curves.csv", "summary.csv"}


def test_a_figure_that_is_being_drawn_by_another_process_is_no_artifact(store: Store, make_run: Make) -> None:
    run = make_run()
    (run / "figures" / ".123-monitor_panels.png").write_bytes(b"half of it")
    listed = store.client.list_artifacts(log_run(store, run, "s1"), "figures")
    assert {Path(one.path).name for one in listed} == {"loss_band.png", "rates.png"}


def test_a_link_in_the_place_of_the_figures_is_not_followed(store: Store, make_run: Make, tmp_path: Path) -> None:
    run = make_run()
    shutil.move(run / "figures", tmp_path / "elsewhere")
    (run / "figures").symlink_to(tmp_path / "elsewhere")
    identifier = log_run(store, run, "s1")
    assert store.client.list_artifacts(identifier, "figures") == []


def artifacts(store: Store, identifier: str) -> list[str]:
    folder = Path(store.client.get_run(identifier).info.artifact_uri)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*"))


@pytest.mark.parametrize("lost", ["", "tables/summary.csv", "config.yaml"])
def test_lost_artifacts_are_logged_again(store: Store, make_run: Make, lost: str) -> None:
    directory = make_run(status="failed", traceback="Error: x")
    identifier = log_run(store, directory, "s1")
    before, folder = artifacts(store, identifier), Path(store.client.get_run(identifier).info.artifact_uri)
    assert "traceback.txt" in before
    if lost:
        (folder / lost).unlink()
    else:
        shutil.rmtree(folder.parents[2])
    assert log_run(store, directory, "s1") == identifier
    assert artifacts(store, identifier) == before


def test_a_copied_project_has_artifacts_of_its_own(store: Store, make_run: Make, tmp_path: Path) -> None:
    directory = make_run()
    identifier = log_run(store, directory, "s1")
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(tmp_path / "mlflow.db", copy)
    shutil.copytree(tmp_path / "mlruns", copy / "mlruns")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "mlruns").rglob("*")}
    other = Store(f"sqlite:///{copy / 'mlflow.db'}")
    other.prepare(STUDY, "Is Adam fastest?")
    (copy / "mlruns" / STUDY / identifier / "artifacts" / "config.yaml").unlink()
    _artifact_repos_cache.clear()  # as in the copy's own process: MLflow remembers where each run's artifacts lay
    assert log_run(other, directory, "s1") == identifier
    second = log_run(other, make_run("1f"), "s1")
    for run in (identifier, second):
        assert Path(other.client.get_run(run).info.artifact_uri) == copy / "mlruns" / STUDY / run / "artifacts"
        assert "config.yaml" in artifacts(other, run)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "mlruns").rglob("*")} == before
    assert Path(store.client.get_run(identifier).info.artifact_uri).is_relative_to(tmp_path / "mlruns")


def test_a_run_that_was_made_twice_since_an_answer_was_lost_is_there_once(
    store: Store, make_run: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = store.client.create_run

    def twice(*args: object, **kwargs: object) -> object:
        create(*args, **kwargs)
        return create(*args, **kwargs)

    monkeypatch.setattr(store.client, "create_run", twice)
    monkeypatch.setattr(Store, "is_server", True)
    identifier = log_run(store, make_run(), "s1")
    found = store.experiment(STUDY)
    assert found is not None
    assert [run.info.run_id for run in store.client.search_runs([found.experiment_id])] == [identifier]
