import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from src.tracking import Store, StoreDown, StoreError, check, default_uri, ui
from src.tracking.checks import shown

STUDY = "optimizer_comparison"


def test_default_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_uri(tmp_path) == f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://example.org")
    assert default_uri(tmp_path) == "http://example.org"


def test_prepare_makes_the_experiment_once(store: Store, tmp_path: Path) -> None:
    found = store.experiment(STUDY)
    assert found.artifact_location == str(tmp_path / "mlruns" / STUDY)
    assert found.tags["mlflow.note.content"].startswith("Is Adam fastest?\n\n**Reading this page.**")
    assert store.prepare(STUDY, "Changed") == found.experiment_id
    assert store.experiment(STUDY).tags["mlflow.note.content"].startswith("Changed")
    store.client.delete_experiment(found.experiment_id)
    assert store.prepare(STUDY, "Changed") == found.experiment_id
    assert store.experiment(STUDY).lifecycle_stage == "active"


def test_link(store: Store) -> None:
    identifier = store.experiment(STUDY).experiment_id
    assert store.link(STUDY) == (
        f"http://127.0.0.1:5000/#/experiments/{identifier}/runs?workflowType=machine_learning&compareRunsMode=CHART"
    )
    assert store.link("other") is None


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text)")


def damaged(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + bytes(5000))


@pytest.mark.parametrize(
    ("make", "name", "message"),
    [
        (lambda path: None, "none/mlflow.db", "the folder .*/none does not exist"),
        (lambda path: path.write_text("a text, longer than a header"), "mlflow.db", "is not a SQLite database"),
        (lambda path: path.mkdir(), "mlflow.db", "is not a file"),
        (lambda path: (path.parent / "mlruns").touch(), "mlflow.db", "artifacts' folder .* cannot be written"),
        (foreign, "mlflow.db", "is a database, but not one of MLflow's"),
        (damaged, "mlflow.db", "cannot be read"),
    ],
)
def test_unusable_sqlite_store_is_one_line(tmp_path: Path, make, name: str, message: str) -> None:
    make(tmp_path / name)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    for attempt in (check, lambda uri: Store(uri).prepare(STUDY, "")):
        with pytest.raises(StoreError, match=message) as caught:
            attempt(f"sqlite:///{tmp_path / name}")
        assert "\n" not in str(caught.value)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("refused", ["", "mlflow.db", "mlruns"])
def test_read_only_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str) -> None:
    (tmp_path / "mlflow.db").touch()
    (tmp_path / "mlruns").mkdir()
    access = os.access  # root may write anywhere, so the answer is made up
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path / refused and access(path, mode))
    with pytest.raises(StoreError, match="cannot be written"):
        check(f"sqlite:///{tmp_path / 'mlflow.db'}")


@pytest.mark.parametrize("uri", ["file:///tmp/x", "mlruns", "sqlite:///", "sqlite://", "databricks", "http://"])
def test_other_stores_are_refused(uri: str) -> None:
    with pytest.raises(StoreError, match=r"a store is sqlite:///PATH|names no host"):
        check(uri)


def test_schema_of_another_version_is_one_line(store: Store) -> None:
    with sqlite3.connect(store.uri.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'abc'")
    code = f"from src.tracking import Store\nStore({store.uri!r}).prepare('x', '')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1].startswith("src.tracking.checks.StoreError: ")
    assert "out-of-date database schema" in done.stderr.splitlines()[-1]


def test_server_that_refuses_is_down_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        uri = f"http://user:secret@127.0.0.1:{free.getsockname()[1]}"
    began = time.perf_counter()
    with pytest.raises(StoreDown, match="does not answer") as caught:
        Store(uri).prepare(STUDY, "")
    assert time.perf_counter() - began < 2
    assert "secret" not in str(caught.value)


def test_server_that_hangs_costs_less_than_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.tracking.checks.HEALTH_SECONDS", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.perf_counter()
        with pytest.raises(StoreDown, match="does not answer"):
            check(f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert time.perf_counter() - began < 1


@pytest.mark.parametrize(("code", "kind"), [(404, StoreError), (503, StoreDown)])
def test_server_that_is_another(code: int, kind: type[StoreError]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            connection.recv(1000)
            connection.sendall(f"HTTP/1.0 {code} no\r\n\r\n".encode())
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(StoreError, match=f"HTTP {code}") as caught:
            check(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert type(caught.value) is kind


def test_import_is_light() -> None:
    code = "import sys, src.tracking; sys.exit('mlflow' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_ui_refuses_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "file:///tmp/x")
    with pytest.raises(SystemExit, match=r"^file:///tmp/x: a store is sqlite:///PATH"):
        ui.main([])


def test_ui_prints_links_and_becomes_the_server(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store.uri)
    became: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, arguments: became.append(arguments))
    ui.main(["5099"])
    printed = capsys.readouterr().out
    assert store.link(STUDY).replace("5000", "5099") in printed
    assert became[0][-8:] == [
        "--host",
        "127.0.0.1",
        "--port",
        "5099",
        "--workers",
        "1",
        "--uvicorn-opts",
        "--log-level warning",
    ]
    assert became[0][became[0].index("--backend-store-uri") + 1] == store.uri


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("http://me:secret@host:5000/x", "http://host:5000/x"),
        ("http://secret@host", "http://host"),
        ("http://me:se@cret@host", "http://host"),
        ("GET http://me:secret@a failed, as http://b", "GET http://a failed, as http://b"),
        ("postgresql+psycopg://me:secret@host/db", "postgresql+psycopg://host/db"),
        ("http://host/path", "http://host/path"),
    ],
)
def test_nothing_that_is_printed_holds_a_password(text: str, printed: str) -> None:
    assert shown(text) == printed


@pytest.mark.parametrize(
    "uri", ["http://me:secret@[::1", "http://me:secret@host:port", "http://me:secret@127.0.0.1:1"]
)
def test_no_refusal_holds_a_password(uri: str) -> None:
    with pytest.raises(StoreError) as refused:
        check(uri)
    assert "secret" not in str(refused.value)


def test_artifacts_that_somebody_put_elsewhere_stay_there(store: Store, tmp_path: Path) -> None:
    store.client.create_experiment("mine", artifact_location=str(tmp_path / "elsewhere"))
    store.prepare("mine", "")
    assert store.experiment("mine").artifact_location == str(tmp_path / "elsewhere")


def test_errors_of_the_database_are_one_line_without_sql(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(store.uri.removeprefix("sqlite:///")) as connection:
        connection.execute("ALTER TABLE experiment_tags RENAME TO lost")
    with pytest.raises(StoreError, match="no such table") as caught:
        store.prepare(STUDY, "Changed")
    assert "\n" not in str(caught.value)
    assert "[SQL" not in str(caught.value)
    assert capfd.readouterr() == ("", "")
