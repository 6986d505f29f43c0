"""Run directories are there or not there, never half; and tables come back as they were written."""

import json
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from src.core.result import Result
from src.runs.directories import (
    atomic_directory,
    read_record,
    read_result,
    replace_contents,
    replace_directory,
    write_json,
    write_result,
)

FORK = multiprocessing.get_context("fork")
FILES = 20


def inside(folder: Path) -> list[str]:
    """Names of all that lies in ``folder``, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def visible(folder: Path) -> list[str]:
    return [name for name in inside(folder) if not name.startswith(".")]


def fill(directory: Path, text: str) -> None:
    for number in range(FILES):
        (directory / f"{number}.txt").write_text(text)


def test_a_block_that_ends_well_leaves_its_directory(tmp_path):
    with atomic_directory(tmp_path / "deep" / "run") as aside:
        (aside / "file").write_text("done")
        assert not (tmp_path / "deep" / "run").exists()
    assert (tmp_path / "deep" / "run" / "file").read_text() == "done"
    assert inside(tmp_path / "deep") == ["run"]  # nothing hidden is left
    assert (tmp_path / "deep" / "run").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_block_that_raises_leaves_nothing(tmp_path, error):
    def write():
        with atomic_directory(tmp_path / "run") as aside:
            (aside / "file").write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert inside(tmp_path) == []


def test_what_is_already_there_is_kept(tmp_path):
    for text in ("first", "second"):
        with atomic_directory(tmp_path / "run") as aside:
            (aside / "file").write_text(text)
    assert (tmp_path / "run" / "file").read_text() == "first"
    assert inside(tmp_path) == ["run"]


def test_a_file_in_the_way_is_an_error(tmp_path):
    (tmp_path / "run").write_text("in the way")
    with pytest.raises(OSError, match="run"), atomic_directory(tmp_path / "run"):
        pass
    assert inside(tmp_path) == ["run"]


def _write_and_wait(final: Path, ready) -> None:
    with atomic_directory(final) as aside:
        fill(aside, "half")
        ready.set()
        time.sleep(60)


def test_a_killed_process_leaves_no_half_written_run_and_the_next_one_completes_it(tmp_path):
    ready = FORK.Event()
    process = FORK.Process(target=_write_and_wait, args=(tmp_path / "run", ready))
    process.start()
    assert ready.wait(30)
    os.kill(process.pid, signal.SIGKILL)
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    assert visible(tmp_path) == []
    with atomic_directory(tmp_path / "run") as aside:
        fill(aside, "whole")
    assert visible(tmp_path) == ["run"]
    assert {path.read_text() for path in (tmp_path / "run").iterdir()} == {"whole"}


def _write(final: Path, barrier) -> None:
    barrier.wait(30)
    for _ in range(20):
        with atomic_directory(final) as aside:
            fill(aside, str(os.getpid()))


def test_writers_of_one_identity_leave_one_whole_directory(tmp_path):
    """Four processes, twenty times each; a reader never sees a part of the files, nor a mixture."""
    final, barrier = tmp_path / "run", FORK.Barrier(4)
    processes = [FORK.Process(target=_write, args=(final, barrier)) for _ in range(4)]
    for process in processes:
        process.start()
    seen = set()
    while any(process.is_alive() for process in processes):
        if final.exists():
            names = inside(final)
            assert len(names) == FILES
            seen |= {(final / name).read_text() for name in names}
            assert len(seen) == 1
    assert [process.exitcode for process in processes] == [0] * 4
    assert inside(tmp_path) == ["run"]
    assert len(inside(final)) == FILES
    assert {path.read_text() for path in final.iterdir()} <= {str(process.pid) for process in processes}


def test_a_directory_is_replaced_whole_or_not_at_all(tmp_path):
    final = tmp_path / "results"
    replace_directory(final, lambda aside: fill(aside, "old"))
    replace_directory(final, lambda aside: (aside / "only.txt").write_text("new"))
    assert inside(final) == ["only.txt"]

    def fails(aside):
        fill(aside, "half")
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        replace_directory(final, fails)
    assert (inside(tmp_path), inside(final)) == (["results"], ["only.txt"])


def test_a_reader_of_a_record_sees_the_old_or_the_new_one(tmp_path):
    path, long = tmp_path / "run.json", "x" * 200_000
    write_json(path, {"n": 0, "text": long})
    done = threading.Event()

    def rewrite():
        for number in range(60):
            write_json(path, {"n": number, "text": long})
        done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    while not done.is_set():
        assert len(json.loads(path.read_text())["text"]) == len(long)
    writer.join()
    assert inside(tmp_path) == ["run.json"]


def test_a_record_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "run.json"
    write_json(path, {"n": 1})
    with pytest.raises(ValueError, match="Out of range float"):
        write_json(path, {"n": np.inf})
    assert json.loads(path.read_text()) == {"n": 1}
    assert inside(tmp_path) == ["run.json"]


def table() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    hard = [np.inf, -np.inf, np.nan, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, 1 / 3]
    numbers = np.concatenate([hard, draw.normal(size=500) * 10.0 ** draw.integers(-300, 300, 500)])
    size = len(numbers)
    return pd.DataFrame(
        {
            "number": numbers,
            "whole_as_float": np.arange(size, dtype=float),
            "count": np.arange(size) * 2**40,
            "flag": np.arange(size) % 2 == 0,
            "word": [("adam", "out_of_budget", "a,b", 'quo"te', "two\nlines", "τ ≤ 1")[i % 6] for i in range(size)],
            "nothing": np.full(size, np.nan),
        }
    )


def test_tables_come_back_exactly(tmp_path):
    tables = {"summary": table(), "curves": table().iloc[:3], "none": pd.DataFrame(), "empty": table().iloc[:0]}
    measured = Result(
        tables=tables,
        metrics={"final_loss": 0.1 + 0.2},
        missing={"steps_to_target": "never"},
        about={"problem": "p", "minimum": np.inf, "nested": {"a": [np.nan, 1.5, (None, "x")]}, "flag": True},
    )
    write_result(tmp_path, measured, {"identity": "abc", "started": 1.25})
    back = read_result(tmp_path)
    assert list(back.tables) == list(tables)
    for name in ("summary", "curves"):
        pd.testing.assert_frame_equal(back.tables[name], tables[name], check_exact=True, check_dtype=True)
    bits = [frame["number"].to_numpy().view(np.int64)[3:] for frame in (back.tables["summary"], tables["summary"])]
    assert np.array_equal(*bits)  # -0.0 and the last digit too
    assert back.tables["none"].empty
    assert list(back.tables["empty"].columns) == list(tables["empty"].columns)
    assert (back.metrics, back.missing) == (measured.metrics, measured.missing)
    assert back.about == {"problem": "p", "minimum": None, "nested": {"a": [None, 1.5, [None, "x"]]}, "flag": True}
    assert (read_record(tmp_path)["identity"], read_record(tmp_path)["started"]) == ("abc", 1.25)


@pytest.mark.parametrize("word", ["NA", "nan", "None", "null", "inf", "1e3", "true"])
def test_a_name_that_looks_like_something_else_stays_a_name(tmp_path, word):
    tables = {"t": pd.DataFrame({"method": [word, "adam"], "score": [1.0, np.nan]})}
    write_result(tmp_path, Result(tables=tables, metrics={}), {})
    back = read_result(tmp_path).tables["t"]
    assert back["method"].tolist() == [word, "adam"]
    assert np.isnan(back["score"][1])


def test_results_are_replaced_file_by_file_and_a_users_own_files_stay(tmp_path):
    final = tmp_path / "results" / "study"
    final.mkdir(parents=True)
    (final / "notes.txt").write_text("mine")
    replace_contents(final, lambda aside: fill(aside, "old"))
    replace_contents(final, lambda aside: (aside / "1.txt").write_text("new"))
    assert inside(final) == [".contents.json", "1.txt", "notes.txt"]
    assert (final / "1.txt").read_text() == "new"
    assert (final / "notes.txt").read_text() == "mine"
    assert inside(tmp_path / "results") == ["study"]


def test_a_list_of_contents_that_was_tampered_with_removes_nothing_outside(tmp_path):
    final, precious = tmp_path / "results" / "study", tmp_path / "precious"
    final.mkdir(parents=True)
    precious.write_text("mine")
    (final / ".contents.json").write_text(json.dumps(["../../precious", str(precious)]))
    replace_contents(final, lambda aside: fill(aside, "new"))
    assert precious.read_text() == "mine"


def test_readers_see_all_files_while_results_are_replaced(tmp_path):
    final = tmp_path / "study"
    replace_contents(final, lambda aside: fill(aside, "old"))
    over, failures = threading.Event(), []

    def read():
        while not over.is_set():
            found = [(final / f"{number}.txt").read_text() for number in range(FILES)]
            failures.extend(text for text in found if text not in {"old", "new"})

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(30):
        replace_contents(final, lambda aside, text="new" if number % 2 else "old": fill(aside, text))
    over.set()
    reader.join()
    assert failures == []
