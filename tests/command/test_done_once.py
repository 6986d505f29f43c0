"""What is done is not done again under another name, is done again when that is asked for, and stays what it was."""

import os
import shutil
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest

from src import run as run_module
from src.command.run_job import is_done
from src.composition.launch import built_jobs
from src.composition.plan import make_plan
from src.protocol.comparison import Comparison
from src.run import main
from src.tracking.store import Store

pytestmark = pytest.mark.command
SMALL = ("seeds=2", "tuning.seeds=1", "tuning.rates=3", "tuning.widenings=0", "steps=5", "figures=[]")
QUIET = (*SMALL, "sweep_figures=[]", "hydra.launcher.n_jobs=1")


@pytest.fixture
def command(tmp_path, empty_database, monkeypatch, capsys):
    """Runs the command in this process, in a folder of its own; gives its exit code and its first line."""
    shutil.copy(empty_database, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["laboratory"])
    for name in [key for key in os.environ if key.startswith(("LABORATORY_", "MLFLOW_"))]:
        monkeypatch.delenv(name)

    def run(*words):
        code = main(words)
        run.said = capsys.readouterr()
        return code, (run.said.out or run.said.err).partition("\n")[0]

    before = dict(os.environ)
    yield run
    os.environ.clear()
    os.environ.update(before)


def active_runs(folder, study):
    client = Store(f"sqlite:///{folder / 'mlflow.db'}").client
    return client.search_runs([client.get_experiment_by_name(study).experiment_id])


def test_a_run_is_found_again_under_another_name(command, tmp_path):
    """Narrowing a grid to one value takes the value out of the method's name, and a label replaces the name."""
    grid = ("-m", "problem=digits_logistic", "optimizer=gd", *QUIET)
    assert command(*grid, "init=xavier,he") == (0, "single: 2 runs done, 0 were done before, 0 failed")
    assert command(*grid, "init=he") == (0, "single: 0 runs done, 1 were done before, 0 failed")
    assert set(pd.read_csv(tmp_path / "results/single/ranking.csv")["method"]) == {"gd"}
    assert command(*grid, "init=he", "label=mine") == (0, "single: 0 runs done, 1 were done before, 0 failed")
    ranking, diagnoses = (pd.read_csv(tmp_path / f"results/single/{name}.csv") for name in ("ranking", "diagnoses"))
    assert set(ranking["method"]) == set(diagnoses["method"]) == {"mine"}


def test_force_does_again_what_is_done_and_logs_it_once(command, tmp_path):
    words = ("problem=bowl", "optimizer=gd", *QUIET)
    assert command(*words) == (0, "single: 1 runs done, 0 were done before, 0 failed")
    [run] = (tmp_path / "runs").glob("*/run.json")
    before, logged = run.read_text(), {each.info.run_id for each in active_runs(tmp_path, "single")}
    assert command(*words) == (0, "single: 0 runs done, 1 were done before, 0 failed")
    assert run.read_text() == before
    assert {each.info.run_id for each in active_runs(tmp_path, "single")} == logged

    assert command(*words, "force=true") == (0, "single: 1 runs done, 0 were done before, 0 failed")
    assert run.read_text() != before
    again = active_runs(tmp_path, "single")
    assert {each.info.status for each in again} == {"FINISHED"}
    assert sorted(each.data.tags["kind"] for each in again) == ["cell", "sweep"]
    assert not logged & {each.info.run_id for each in again}


def test_a_narrower_sweep_leaves_the_studys_results_as_they_are(command, tmp_path):
    study = ("+study=optimizer_comparison", "profile=tiny", *QUIET)
    assert command(*study)[0] == 0
    path = tmp_path / "results/optimizer_comparison/ranking.csv"
    before = path.read_bytes()
    assert len(pd.read_csv(path)) == 4
    assert command(*study, "problem=sines", "optimizer=+adam") == (
        0,
        "optimizer_comparison: 1 runs done, 2 were done before, 0 failed",
    )
    assert path.read_bytes() == before
    [own] = (tmp_path / "results/sweeps/optimizer_comparison").iterdir()
    ranking = pd.read_csv(own / "ranking.csv")
    assert set(ranking["method"]) == {"gd", "clip_noise_precondition", "adam"}


FUNCTION = """
from .constants import SHIFT


def f(point):
    return float(((point - SHIFT) ** 2).sum())
"""


def test_a_users_function_that_is_edited_is_run_again(command, tmp_path, monkeypatch):
    """The edit is in a module that the function's own imports relatively."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own/__init__.py").write_text("")
    (tmp_path / "own/f.py").write_text(FUNCTION)
    (tmp_path / "own/constants.py").write_text("SHIFT = 0.25\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.syspath_prepend(str(tmp_path))
    words = (
        "+study=gradient_free", "search=random_search,one_plus_one_es",
        "problem=plain_function", "problem.function=own.f.f", "study.dimensions=[2]", "profile=tiny",
        "figures=[]", "sweep_figures=[]", "hydra.launcher.n_jobs=1",
    )  # fmt: skip
    first = command(*words)
    assert first == (0, "gradient_free: 2 runs done, 0 were done before, 0 failed")
    assert command(*words) == (0, "gradient_free: 0 runs done, 2 were done before, 0 failed")
    (tmp_path / "own/constants.py").write_text("SHIFT = 0.5\n")
    assert command(*words) == (0, "gradient_free: 2 runs done, 0 were done before, 0 failed")


def test_a_damaged_run_is_said_set_aside_and_done_again(command, tmp_path):
    words = ("problem=bowl", "optimizer=gd", *QUIET)
    assert command(*words)[0] == 0
    [record] = (tmp_path / "runs").glob("*/run.json")
    table = record.parent / "curves.csv"
    whole = table.read_text()
    table.write_text(whole[: len(whole) // 2])
    assert command(*words) == (0, "single: 1 runs done, 0 were done before, 0 failed")
    assert f"{record.parent}: curves.csv has changed since the run ended; it is set aside" in command.said.err
    assert table.read_text() == whole
    [aside] = (tmp_path / "runs" / ".damaged").iterdir()
    assert (aside / "curves.csv").read_text() == whole[: len(whole) // 2]
    record.write_text("")
    assert command(*words)[0] == 0
    assert command(*words) == (0, "single: 0 runs done, 1 were done before, 0 failed")


class SickServer(BaseHTTPRequestHandler):
    """A tracking server that is in good health, as it says, and whose interface does not work."""

    sickness = "fails"

    def do_GET(self):
        if self.path == "/health":
            self.answer(200, b"OK")
        elif self.sickness == "fails":
            self.answer(500, b"{}")
        elif self.sickness == "hangs":
            time.sleep(60)
        else:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            with suppress(OSError):
                for _ in range(200):
                    self.wfile.write(b"x")
                    time.sleep(0.3)

    do_POST = do_GET  # noqa: N815 (as the standard library calls it)

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("sickness", ["fails", "hangs", "dribbles"])
def test_runs_do_not_wait_for_a_server_whose_interface_does_not_work(command, tmp_path, monkeypatch, sickness):
    """And the password in its address is told to nobody."""
    monkeypatch.setattr("src.tracking.store.ANSWER_SECONDS", 3.0)
    monkeypatch.setattr(SickServer, "sickness", sickness)
    server = ThreadingHTTPServer(("127.0.0.1", 0), SickServer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://somebody:pa55word@{address}")
    import mlflow  # noqa: F401, PLC0415 (the second that the import takes is no part of the server's)

    began = time.monotonic()
    assert command("problem=bowl", "optimizer=gd", *QUIET) == (0, "single: 1 runs done, 0 were done before, 0 failed")
    server.shutdown()
    assert time.monotonic() - began < 40
    assert f"warning: http://{address}: " in command.said.err
    assert len(list((tmp_path / "runs").glob("*/run.json"))) == 1
    everything = command.said.out + command.said.err
    written = (path for path in (tmp_path / "runs").rglob("*") if path.suffix in {".json", ".yaml"})
    everything += "".join(path.read_text() for path in written)
    assert "pa55word" not in everything
    assert "somebody" not in everything


def test_runs_that_are_all_done_are_found_without_starting_processes(command, monkeypatch):
    words = ("-m", "problem=bowl", "optimizer=gd,adam", *SMALL, "sweep_figures=[]")
    assert command(*words, "hydra/launcher=basic") == (0, "single: 2 runs done, 0 were done before, 0 failed")
    given, original = [], run_module._hydra

    def noted(words):
        given.append(words)
        return original(words)

    monkeypatch.setattr(run_module, "_hydra", noted)
    assert command(*words) == (0, "single: 0 runs done, 2 were done before, 0 failed")
    assert not given
    for changed, done in {"optimizer=gd,adam,rmsprop": 2, "steps=6": 0}.items():
        plan = make_plan(run_module.CONF, [*words[1:], changed], asked_for_multirun=True)
        assert sum(is_done(job) for job in built_jobs(plan, Path("runs"), {})) == done


def test_in_one_process_too_the_others_are_done_when_a_run_fails(command, monkeypatch, tmp_path):
    words = ("-m", "problem=bowl", "optimizer=gd,adam,momentum", *SMALL, "sweep_figures=[]", "profile=tiny")
    monkeypatch.setattr(run_module, "_hydra", lambda words: pytest.fail(f"Hydra runs {words}"))
    measure = Comparison.measure

    def failing(study, cell):
        if cell.names["method"] == "gd":  # the first job
            raise ArithmeticError("lost")
        return measure(study, cell)

    with monkeypatch.context() as broken:
        broken.setattr(Comparison, "measure", failing)
        assert command(*words)[0] == 1
    assert set(pd.read_csv(tmp_path / "results/single/ranking.csv")["method"]) == {"adam", "momentum"}
    assert command(*words) == (0, "single: 1 runs done, 2 were done before, 0 failed")
