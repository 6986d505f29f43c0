"""Figures by name, found by their file: first in ``figures/`` of the study's package, then in ``src/figures/``.

One figure per file, and the function has the file's name; a file whose name begins with an underscore holds none.
"""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from src.core.checks import FieldError
from src.plotting.contract import Draw, Level, draws

SHARED = "src.figures"


@dataclass(frozen=True)
class NamedFigure:
    """A figure that was found.

    Attributes:
        name: as a yaml names it.
        module: where it stands.
        path: its file.
        file_stem: name of its file without suffix; that of a study's own figure begins with the study's package.
    """

    name: str
    module: str
    path: Path
    file_stem: str

    @property
    def draw(self) -> Draw:
        """The function that draws it. Raises FieldError where the file has no such function, or an unmarked one."""
        found = getattr(import_module(self.module), self.name, None)
        if not callable(found) or "levels" not in found.__dict__:
            raise self._not_marked()
        return cast("Draw", found)

    @property
    def levels(self) -> tuple[Level, ...]:
        """What it draws: ``run``, ``sweep`` or both. Read from the source, since importing it loads matplotlib."""
        found = _levels(self.path, self.name, self.path.stat().st_mtime_ns)
        if found is None:
            raise self._not_marked()
        return found

    def _not_marked(self) -> FieldError:
        return FieldError(f"{self.module}: must hold a function {self.name} marked with {draws.__module__}.draws")


@lru_cache(maxsize=1024)
def _levels(path: Path, name: str, _edited: int) -> tuple[Level, ...] | None:
    """Arguments of the mark of function ``name`` in the file ``path``; None where it has no mark."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func).rpartition(".")[2] == draws.__name__:
                    return tuple(cast("Level", ast.literal_eval(word)) for word in mark.args)
    return None


def own_package(target: str) -> str:
    """Package of figures beside the module of ``target``, the ``_target_`` of a study; empty where it has none."""
    package = target.rpartition(".")[0].rpartition(".")[0]
    return f"{package}.figures" if package else ""


def folders_of(package: str) -> list[Path]:
    """Where ``package`` lies; nowhere if it does not exist."""
    try:
        found = find_spec(package) if package else None
    except ModuleNotFoundError:
        return []
    return [] if found is None else [Path(folder) for folder in found.submodule_search_locations or []]


def figures_of(package: str) -> dict[str, NamedFigure]:
    """The figures in ``package``, by name; none where it does not exist."""
    folders = folders_of(package)
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.py"))}
    owner = "" if package == SHARED or not folders else package.split(".")[-2]
    return {
        stem: NamedFigure(
            stem, f"{package}.{stem}", path, stem if not owner or stem.startswith(owner) else f"{owner}_{stem}"
        )
        for stem, path in sorted(paths.items())
        if not stem.startswith("_")
    }


def find_figures(names: object, field: str, level: Level, target: str) -> list[NamedFigure]:
    """The figures called ``names``.

    Args:
        names: a list of names.
        field: the config's key that holds the list, for messages.
        level: what they are to draw.
        target: ``_target_`` of the study.

    Raises:
        FieldError: ``names`` is not a list, or a figure does not exist, draws another kind of tables, or bears the
            name of a shared one.
    """
    own, shared = figures_of(own_package(target)), figures_of(SHARED)
    if doubled := sorted(set(own) & set(shared)):
        raise FieldError(f"{field}: {own[doubled[0]].module}: must have another name than {SHARED}.{doubled[0]}")
    known = own | shared
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise FieldError(f"{field} = {names!r}: must be a list, as [{', '.join(_drawing(known.values(), level))}]")
    for name in names:
        if name not in known or level not in known[name].levels:
            allowed = _drawing(known.values(), level)
            why = f"draws a {' or a '.join(known[name].levels)}, not a {level}; " if name in known else ""
            near = get_close_matches(str(name), allowed, n=1)
            meant = f" (did you mean {near[0]}?)" if near else ""
            raise FieldError(f"{field} = {name!r}: {why}must be one of {', '.join(allowed)}{meant}")
    return [known[name] for name in names]


def check_figures(names: object, field: str, level: Level, target: str) -> None:
    """Raise FieldError unless all figures called ``names`` exist and draw ``level``."""
    find_figures(names, field, level, target)


def _drawing(figures: Iterable[NamedFigure], level: Level) -> list[str]:
    return sorted(figure.name for figure in figures if level in figure.levels)
