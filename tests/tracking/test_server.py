import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from stored import logged

from src.tracking import Store, StoreDown, check, log_run, reap
from src.tracking.ui import command, links

STUDY = "optimizer_comparison"


@pytest.fixture
def server(store: Store, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a real server on the prepared store, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command(store.uri, port), cwd=tmp_path, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    uri = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                check(uri)
                break
            except StoreDown:
                assert process.poll() is None, (tmp_path / "server.log").read_text()
                assert time.monotonic() < deadline, (tmp_path / "server.log").read_text()
                time.sleep(0.2)
        yield uri, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@pytest.mark.slow
def test_a_real_server(
    server: tuple[str, subprocess.Popen[bytes]], make_run: Callable[..., Path], store: Store
) -> None:
    uri, process = server
    remote = Store(uri)
    assert remote.prepare(STUDY, "Is Adam fastest?") == store.experiment(STUDY).experiment_id
    remote.prepare("other", "made by the server")
    identifier = log_run(remote, make_run(), "s1")
    assert log_run(remote, make_run("1f", study="other"), "s1") != identifier
    assert log_run(remote, make_run("2f"), "s1") != identifier
    assert logged(remote, STUDY) == {"0a1b2c3d", "2f"} == logged(store, STUDY)
    assert store.client.get_run(identifier).data.metrics["final_loss"] == 0.125
    files = {file.path for file in remote.client.list_artifacts(identifier, "figures")}
    assert files == {"figures/loss_band.png", "figures/rates.png"}
    assert reap(remote) == []
    address = remote.link(STUDY)
    assert address is not None
    assert address.startswith(f"{uri}/#/experiments/")
    assert f"  {STUDY:<32} {address}" in links(remote)
    with urlopen(uri, timeout=10) as page:
        assert b"<title>MLflow</title>" in page.read()

    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    began = time.perf_counter()
    with pytest.raises(StoreDown, match="does not answer"):
        log_run(remote, make_run("3f"), "s1")
    assert time.perf_counter() - began < 5
