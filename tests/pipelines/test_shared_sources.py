"""The digests of what studies share change with the files' contents, and with nothing else."""

import os

import pytest

from pipelines.shared_sources import OUTPUT, digests, main


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "src" / "core").mkdir(parents=True)
    (tmp_path / "src" / "core" / "one.py").write_text("x = 1\n")
    (tmp_path / "run.py").write_text("")
    (tmp_path / "dvc.yaml").write_text("stages: {shared_sources: {deps: [run.py, src/core]}}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(project):
    assert main() == 0
    return (project / OUTPUT).read_text()


def test_a_row_per_file_below_the_stages_dependencies(project):
    lines = written(project).splitlines()
    assert [line.partition(",")[0] for line in lines] == ["path", "run.py", "src/core/one.py"]
    assert lines[1].endswith(",e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")  # of an empty file


def test_an_edit_changes_the_digest_and_a_touch_or_a_compiled_file_does_not(project):
    before, path = written(project), project / "src" / "core" / "one.py"
    os.utime(path, (1, 1))
    (path.parent / "__pycache__").mkdir()
    (path.parent / "__pycache__" / "one.pyc").write_text("compiled")
    assert written(project) == before
    path.write_text("x = 2\n")
    assert written(project) != before


def test_a_new_file_adds_a_row(project):
    before = len(digests([project / "src"]))
    (project / "src" / "core" / "two.py").write_text("")
    assert len(digests([project / "src"])) == before + 1
