"""How many small mistakes the tests notice: ``python -m benchmarks.mutants [FOLDER ...] [--count N] [--seed S]``.

A mutant is one changed operator, number or name in one file (DeMillo, Lipton & Sayward 1978, Computer 11(4)). Each
is tried in a copy of the project, by the tests that import its file or bear its study's name; one that they pass has
survived. Mutants that change nothing (equivalent ones) survive too, so that the score errs on the low side.
"""

import argparse
import ast
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from src.command.environment import set_up

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("src/protocol", "src/statistics", "src/studies", "src/figures")
COPIED = ("src", "conf", "tests", "pipelines", "benchmarks", "pyproject.toml", "docs", "dvc.yaml", "params.yaml")
SECONDS = 300  # a mutant that runs longer, as in an endless loop, is noticed
SWAPS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in",
    ast.Is: "is not", ast.IsNot: "is", ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.And: "or",
    ast.Or: "and", ast.BitAnd: "|", ast.BitOr: "&",
}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "median": "mean", "mean": "median", "low": "high", "high": "low", "all": "any",
    "any": "all", "argmin": "argmax", "argmax": "argmin", "minimum": "maximum", "maximum": "minimum",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A mistake: ``start`` to ``end`` (places in the text of ``path``) become ``text``."""

    path: str
    line: int
    start: int
    end: int
    text: str


def mutants(path: Path) -> Iterator[Mutant]:
    """All mutants of a file."""
    source = path.read_text(encoding="utf-8")
    begins = [0]
    for row in source.splitlines(keepends=True):
        begins.append(begins[-1] + len(row.encode()))
    data = source.encode()

    def at(line: int, column: int) -> int:
        return begins[line - 1] + column

    def made(node: ast.expr, start: int, end: int, text: str) -> Mutant:
        return Mutant(str(path.relative_to(ROOT)), node.lineno, start, end, text)

    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare | ast.BinOp | ast.BoolOp):
            operator: ast.AST
            if isinstance(node, ast.Compare):
                left, right, operator = node.left, node.comparators[0], node.ops[0]
            elif isinstance(node, ast.BinOp):
                left, right, operator = node.left, node.right, node.op
            else:
                left, right, operator = node.values[0], node.values[1], node.op
            start = at(left.end_lineno or 0, left.end_col_offset or 0)
            end = at(right.lineno, right.col_offset)
            swap, between = SWAPS.get(type(operator)), data[start:end].decode()
            if swap and between.strip(" ()\n") and "#" not in between:
                word = between.strip(" ()\n")
                yield made(node, start, end, between.replace(word, swap, 1))
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            start, end = at(node.lineno, node.col_offset), at(node.end_lineno or 0, node.end_col_offset or 0)
            yield made(node, start, end, repr(not node.value if isinstance(node.value, bool) else node.value + 1))
        elif isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            end = at(node.end_lineno or 0, node.end_col_offset or 0)
            if name in NAMES and isinstance(node.ctx, ast.Load):
                yield made(node, end - len(name), end, NAMES[name])


def watching_tests(path: str, root: Path) -> list[str]:
    """The files of tests that import the module at ``path``, or that are named after its study."""
    module = path.removesuffix(".py").replace("/", ".")
    parts = Path(path).parts
    study = parts[2] if parts[:2] == ("src", "studies") else None
    found = []
    for test in sorted((root / "tests").rglob("test_*.py")):
        text = test.read_text(encoding="utf-8")
        if "pytest.mark.command" in text:  # they take minutes
            continue
        if module in text or (study and test.parent.name == study):
            found.append(str(test.relative_to(root)))
    return found


def survives(mutant: Mutant, root: Path) -> bool:
    """Whether the tests pass with ``mutant`` in the copy ``root``, in a process that is forked for it."""
    path = root / mutant.path
    original = path.read_bytes()
    path.write_bytes(original[: mutant.start] + mutant.text.encode() + original[mutant.end :])
    try:
        tests = watching_tests(mutant.path, root)
        if not tests:
            return True
        child = multiprocessing.get_context("fork").Process(target=_tested, args=(root, tests))
        child.start()
        child.join(SECONDS)
        if child.is_alive():
            child.kill()
            child.join()
            return False
        return child.exitcode == 0
    finally:
        path.write_bytes(original)


def _tested(root: Path, tests: Sequence[str]) -> None:
    os.chdir(root)
    sys.path[:] = [str(root), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT)]
    sys.dont_write_bytecode = True
    for name in [name for name in sys.modules if name.partition(".")[0] in ("src", "benchmarks")]:
        del sys.modules[name]  # they are the project's, not the copy's
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests])))


def main() -> int:
    """Print each mutant that survives, and the share that was noticed."""
    parser = argparse.ArgumentParser(description="How many small mistakes the tests notice.")
    parser.add_argument("folders", nargs="*", default=FOLDERS, help="folders or files under src/")
    parser.add_argument("--count", type=int, default=100, help="mutants to try, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    arguments = parser.parse_args()
    files = [file for name in arguments.folders for file in _files(ROOT / name)]
    every = [mutant for file in files for mutant in mutants(file)]
    chosen = random.Random(arguments.seed).sample(every, min(arguments.count, len(every)))
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in COPIED:
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, Path(folder) / name)
        for number, mutant in enumerate(chosen, 1):
            if survives(mutant, Path(folder)):
                survived += 1
                old = (ROOT / mutant.path).read_bytes()[mutant.start : mutant.end].decode()
                print(f"{number} {mutant.path}:{mutant.line}: {old!r} -> {mutant.text!r} survives", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} mutants noticed ({len(every)} in all)")
    return 0


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


if __name__ == "__main__":
    set_up()
    import matplotlib.figure
    import pandas
    import scipy.stats
    import torch

    _ = (matplotlib, pandas, scipy, torch)  # loaded once, before the forks
    sys.exit(main())
