"""A finished run that was cut or edited is noticed, and set aside."""

import pandas as pd
import pytest

from src.core.result import Result
from src.runs.directories import damage, set_aside, write_json, write_result


@pytest.fixture
def run(tmp_path):
    directory = tmp_path / "runs" / "0123456789abcdef"
    directory.mkdir(parents=True)
    (directory / "config.yaml").write_text("seeds: 3\n")
    tables = {name: pd.DataFrame({"x": range(50)}) for name in ("summary", "curves")}
    write_result(directory, Result(tables=tables, metrics={}, about={}), {"identity": directory.name, "ended": 1.5})
    return directory


def cut(path):
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))


DAMAGES = {
    "the record is missing": (lambda run: (run / "run.json").unlink(), "run.json is missing"),
    "the record is empty": (lambda run: (run / "run.json").write_text(""), "run.json is no record"),
    "the record is cut": (lambda run: cut(run / "run.json"), "run.json is no record"),
    "the record is a list": (lambda run: (run / "run.json").write_text("[1]"), "run.json is no record"),
    "the record lacks a key": (lambda run: (run / "run.json").write_text("{}"), "run.json is no record"),
    "the record is a folder": (lambda run: ((run / "run.json").unlink(), (run / "run.json").mkdir()), "run.json"),
    "the record is binary": (lambda run: (run / "run.json").write_bytes(b"\xff\x00"), "run.json is no record"),
    "a table is cut at a line": (lambda run: cut(run / "curves.csv"), "curves.csv has changed since the run ended"),
    "a table is empty": (lambda run: (run / "summary.csv").write_text(""), "summary.csv has changed"),
    "a table is missing": (lambda run: (run / "summary.csv").unlink(), "summary.csv is missing"),
    "the config was edited": (lambda run: (run / "config.yaml").write_text("seeds: 4\n"), "config.yaml has changed"),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_run_is_noticed(run, case):
    assert damage(run) == ""
    change, said = DAMAGES[case]
    change(run)
    assert damage(run).startswith(said)


def test_what_is_drawn_later_is_no_damage(run):
    (run / "figures").mkdir()
    (run / "figures" / "loss_band.png").write_bytes(b"1")
    write_json(run / "figures.json", {})
    assert damage(run) == ""


def test_a_run_that_is_set_aside_is_kept_beside_the_others(run):
    for number in range(2):
        target = set_aside(run)
        assert target.parent == run.parent / ".damaged"
        assert (target / "summary.csv").is_file()
        assert not run.exists()
        target.rename(run) if number == 0 else None
