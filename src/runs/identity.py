"""What makes two runs the same: their config, and every file that they read because of it; nothing else."""

import ast
import hashlib
import json
import re
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

ROOT = Path(__file__).resolve().parents[2]
DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
NOT_OF_A_SWEEP = ("force=", "hydra.", "hydra/")  # beginnings of overrides
# Modules of studies and of the protocol that read what runs have measured; an edit of one repeats no run.
READ_AFTERWARDS = ("answer", "answers", "claims", "headline", "ranking", "summary")


Arguments = ParamSpec("Arguments")
Found = TypeVar("Found")

_REMEMBERED: dict[tuple[Any, ...], Any] | None = None


def remember_sources() -> None:
    """Read each source once from now on: one sweep's runs are of one state of the code, as this process imports it.

    Looking at 100 files takes 20 ms, and a sweep's runs share most of theirs.
    """
    global _REMEMBERED  # noqa: PLW0603 (the process's own state)
    if _REMEMBERED is None:
        _REMEMBERED = {}


@contextmanager
def one_state_of_sources() -> Iterator[None]:
    """Remember sources within the block."""
    global _REMEMBERED  # noqa: PLW0603 (as above)
    remember_sources()
    try:
        yield
    finally:
        _REMEMBERED = None


def _remembered(function: Callable[Arguments, Found]) -> Callable[Arguments, Found]:
    """``function`` of arguments that can be a key, computed once a working directory while sources are remembered."""

    @wraps(function)
    def once(*args: Arguments.args, **named: Arguments.kwargs) -> Found:
        if _REMEMBERED is None:
            return function(*args, **named)
        key = (function.__name__, Path.cwd(), args, *named.items())
        if key not in _REMEMBERED:
            _REMEMBERED[key] = function(*args, **named)
        found: Found = _REMEMBERED[key]
        return found

    return once


def run_identity(config: Mapping[str, Any]) -> str:
    """Identity of the run that ``config`` (resolved, plain containers) describes: 16 hexadecimal digits.

    Part of it are the modules that any import path in ``config`` leads to, and what those import, as far as they are
    the project's or a user's own; the version of any other package that it names; and the bytes of each file that it
    names. A module that the run does not import is no part of it: adding an optimizer changes no other run.
    """
    words = list(_strings(config))
    settings = json.dumps(config, sort_keys=True, default=str).encode()
    sources = _sources(frozenset(import_paths(words)), READ_AFTERWARDS)
    versions = (line.encode() for line in sorted(filter(None, map(_package_version, import_paths(words)))))
    return _digest([settings, *sources, *versions, *(data.encode() for data in _data_files(words))])


def _strings(config: object) -> Iterator[str]:
    """Every text within ``config``, keys apart."""
    if isinstance(config, str):
        yield config
    elif isinstance(config, Mapping):
        for value in config.values():
            yield from _strings(value)
    elif isinstance(config, list | tuple):
        for value in config:
            yield from _strings(value)


def import_paths(config: object) -> set[str]:
    """Texts within ``config`` that may name a module, or something in one: ``package.module.name``."""
    return {text for text in _strings(config) if DOTTED.fullmatch(text)}


def _data_files(words: Iterable[str]) -> list[str]:
    """Digests of the files that ``words`` name."""
    named = sorted({text for text in words if "." in text or "/" in text})
    return [_digest_of_file(text) for text in named if len(text) < 1024 and Path(text).is_file()]


def _digest_of_file(path: str) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _spec(module: str) -> ModuleSpec | None:
    """Where ``module`` would be imported from, found without importing anything."""
    top, *rest = module.split(".")
    try:
        found = find_spec(top)
        for depth in range(len(rest)):
            if found is None or found.submodule_search_locations is None:
                return None
            places = list(found.submodule_search_locations)
            found = PathFinder.find_spec(".".join([top, *rest[: depth + 1]]), places)
    except (ImportError, ValueError, AttributeError):
        return None
    return found


@cache
def _folders_of_packages() -> tuple[Path, ...]:
    """Folders of the standard library and of installed packages."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    installed = [Path(sysconfig.get_path(name)).resolve() for name in names]
    others = [Path(entry).resolve() for entry in sys.path if Path(entry).name in {"site-packages", "dist-packages"}]
    return tuple({*installed, *others})


@_remembered
def _file_of(module: str) -> Path | None:
    """The file of one of the project's modules, or of a user's own; None for installed packages."""
    for folder in dict.fromkeys((ROOT, Path.cwd())):
        path = folder.joinpath(*module.split("."))
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.is_file():
                return candidate
    found = None if _is_installed(module.partition(".")[0]) else _spec(module)
    return _source(found)


def _source(spec: ModuleSpec | None) -> Path | None:
    return Path(spec.origin).resolve() if spec and spec.origin and spec.origin.endswith(".py") else None


@cache
def _is_installed(top: str) -> bool:
    """Whether ``top`` is of the standard library or an installed package."""
    path = _source(_spec(top))
    return path is None or any(path.is_relative_to(folder) for folder in _folders_of_packages())


@_remembered
def _package_version(module: str) -> str:
    """``NAME==VERSION`` of the installed package that holds ``module``; empty for any other."""
    top = module.partition(".")[0]
    if _file_of(top) is not None or top in sys.stdlib_module_names or _spec(top) is None:
        return ""
    try:
        return f"{top}=={version(top)}"
    except PackageNotFoundError:
        owners = packages_distributions().get(top, [])
        return " ".join(f"{owner}=={version(owner)}" for owner in sorted(set(owners)))


@cache
def _imports(path: Path, module: str) -> frozenset[str]:
    """Every module that ``path``, which is ``module``, imports anywhere in it, and every name that may be one."""
    names: set[str] = set()
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            names.add(source)
            names.update(f"{source}.{alias.name}".lstrip(".") for alias in node.names)
    return frozenset(filter(None, names))


def modules_used(roots: Iterable[str], without: Iterable[str] = ()) -> dict[str, Path]:
    """The project's modules (and a user's own) reachable by imports from ``roots``, with their files.

    Args:
        roots: modules, or names within modules.
        without: last names of the project's modules that are left out, with what only those import.
    """
    found: dict[str, Path] = {}
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        if "." in module:
            waiting.append(module.rpartition(".")[0])
        if module.startswith("src.") and module.rpartition(".")[2] in without:
            continue
        path = _file_of(module)
        if path is not None:
            found[module] = path
            waiting.extend(_imports(path, module))
    return found


@_remembered
def _sources(roots: frozenset[str], without: tuple[str, ...]) -> list[bytes]:
    """Name and text of each module that is used."""
    used = modules_used(roots, without)
    return [name.encode() + b"\0" + path.read_bytes() for name, path in sorted(used.items())]


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


def sweep_identity(study: str, jobs: Iterable[Iterable[str]]) -> str:
    """Identity of one command of a study: its jobs' overrides. The same command is the same sweep, resumed.

    How the jobs are launched, and whether what is done is done again, makes no other sweep.
    """
    told = ([word for word in job if not word.lstrip("+").startswith(NOT_OF_A_SWEEP)] for job in jobs)
    return _digest([study.encode(), *("\0".join(job).encode() for job in told)])[:12]


def gathering_identity(
    study_settings: Mapping[str, Any], roots: Iterable[str], runs: Iterable[str], files: Iterable[Path] = ()
) -> str:
    """Identity of a sweep's summary: its runs, the study's settings with its claims, and the code that gathers.

    Args:
        study_settings: the study's part of the config, as plain containers.
        roots: further modules that gather.
        runs: identities of the runs, in any order.
        files: further files that gathering reads, such as templates.
    """
    code = code_identity(import_paths(study_settings) | set(roots))
    settings = json.dumps(study_settings, sort_keys=True, default=str).encode()
    read = (_digest_of_file(str(path)).encode() for path in files)
    return _digest([settings, code.encode(), *(run.encode() for run in sorted(runs)), *read])


def code_identity(roots: Iterable[str]) -> str:
    """Identity of the project's code that is reachable by imports from the modules ``roots``."""
    return _digest_of_code(frozenset(roots))


@_remembered
def _digest_of_code(roots: frozenset[str]) -> str:
    return _digest(_sources(roots, ()))
