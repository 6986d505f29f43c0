"""What makes two runs the same: their resolved config and the project's modules that they use, and nothing else."""

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def targets(config: object) -> set[str]:
    """Modules named by any ``_target_`` within ``config``."""
    if isinstance(config, Mapping):
        named = {str(config["_target_"]).rpartition(".")[0]} if "_target_" in config else set()
        return named.union(*(targets(value) for value in config.values()))
    if isinstance(config, list | tuple):
        return set().union(*(targets(value) for value in config))
    return set()


def _file_of(module: str) -> Path | None:
    """The file of one of the project's modules, or of a user's own in the working directory; None for packages."""
    for folder in dict.fromkeys((ROOT, Path.cwd())):
        path = folder.joinpath(*module.split("."))
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.is_file():
                return candidate
    return None


@cache
def _imports(path: Path) -> frozenset[str]:
    """Every module that ``path`` imports anywhere in it, and every name that may be one."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)


def modules_used(roots: Iterable[str]) -> dict[str, Path]:
    """The project's modules (and a user's own) reachable by imports from ``roots``, with their files."""
    found: dict[str, Path] = {}
    waiting = list(roots)
    while waiting:
        module = waiting.pop()
        path = None if module in found else _file_of(module)
        if path is None:
            continue
        found[module] = path
        waiting.extend(_imports(path))
        if "." in module:
            waiting.append(module.rpartition(".")[0])
    return found


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


def run_identity(config: Mapping[str, Any]) -> str:
    """Identity of the run that ``config`` (resolved, plain containers) describes: 16 hexadecimal digits.

    A module that the run does not import is no part of it: adding an optimizer changes no other run.
    """
    used = modules_used(targets(config))
    settings = json.dumps(config, sort_keys=True, default=str).encode()
    sources = (name.encode() + b"\0" + path.read_bytes() for name, path in sorted(used.items()))
    return _digest([settings, *sources])


def sweep_identity(study: str, jobs: Iterable[Iterable[str]]) -> str:
    """Identity of one command of a study: its jobs' overrides. The same command is the same sweep, resumed."""
    return _digest([study.encode(), *("\0".join(job).encode() for job in jobs)])[:12]


def gathering_identity(study_settings: Mapping[str, Any], roots: Iterable[str], runs: Iterable[str]) -> str:
    """Identity of a sweep's summary: its runs, the study's settings with its claims, and the code that gathers.

    Args:
        study_settings: the study's part of the config, as plain containers.
        roots: further modules that gather.
        runs: identities of the runs, in any order.
    """
    code = code_identity(targets(study_settings) | set(roots))
    settings = json.dumps(study_settings, sort_keys=True, default=str).encode()
    return _digest([settings, code.encode(), *(run.encode() for run in sorted(runs))])


def code_identity(roots: Iterable[str]) -> str:
    """Identity of the project's code that is reachable by imports from the modules ``roots``."""
    used = modules_used(roots)
    return _digest(name.encode() + b"\0" + path.read_bytes() for name, path in sorted(used.items()))
