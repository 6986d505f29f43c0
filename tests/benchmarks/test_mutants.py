"""Mutants are small mistakes in sound code, and survive just where no test notices them."""

import ast

import pytest

from benchmarks.mutants import ROOT, Mutant, mutants, survives, watching_tests

SOURCE = """
def larger(a, b):
    return a if a > b else b


def unused(a):
    return a + 1
"""
TEST = """
from src.thing import larger


def test_larger():
    assert larger(1, 2) == larger(2, 1) == 2
"""


def test_every_mutant_of_a_file_is_other_code_that_can_be_read():
    path = ROOT / "src" / "statistics" / "multiplicity.py"
    original = path.read_bytes()
    found = list(mutants(path))
    assert {mutant.path for mutant in found} == {"src/statistics/multiplicity.py"}
    texts = [original[: one.start] + one.text.encode() + original[one.end :] for one in found]
    assert len(set(texts)) == len(texts) > 5
    before = ast.dump(ast.parse(original))
    assert all(ast.dump(ast.parse(text)) != before for text in texts)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "src" / "__init__.py").touch()
    (tmp_path / "src" / "thing.py").write_text(SOURCE)
    (tmp_path / "tests" / "test_thing.py").write_text(TEST)
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "expected"), [(">", "<", False), ("+", "-", True), ("larger", "larger", True)]
)
def test_a_mutant_survives_where_no_test_notices_it(project, old, new, expected):
    start = SOURCE.index(old)
    mutant = Mutant("src/thing.py", 1, start, start + len(old), new)
    assert survives(mutant, project) is expected
    assert (project / "src" / "thing.py").read_text() == SOURCE


def test_a_file_that_no_test_imports_is_watched_by_nothing(project):
    assert watching_tests("src/thing.py", project) == ["tests/test_thing.py"]
    assert watching_tests("src/other.py", project) == []
    assert watching_tests("src/studies/thing/claims.py", project) == []
