"""Figures by name, found by their file: first in ``figures/`` of the study's package, then in ``src/figures/``.

One figure per file, and the function has the file's name; a file whose name begins with an underscore holds none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from src.core.checks import FieldError
from src.plotting.contract import Draw, Level

SHARED = "src.figures"


@dataclass(frozen=True)
class NamedFigure:
    """A figure that was found.

    Attributes:
        name: as a yaml names it.
        module: where it stands.
        file_stem: name of its file without suffix; that of a study's own figure begins with the study's package.
    """

    name: str
    module: str
    file_stem: str

    @property
    def draw(self) -> Draw:
        """The function that draws it. Raises FieldError where the file has no such function, or an unmarked one."""
        found = getattr(import_module(self.module), self.name, None)
        if not callable(found) or "levels" not in found.__dict__:
            raise FieldError(
                f"{self.module}: must hold a function {self.name} marked with src.plotting.contract.draws"
            )
        return cast("Draw", found)

    @property
    def levels(self) -> tuple[Level, ...]:
        """What it draws: ``run``, ``sweep`` or both."""
        return cast("tuple[Level, ...]", self.draw.__dict__["levels"])


def own_package(target: str) -> str:
    """Package of figures beside the module of ``target``, the ``_target_`` of a study; empty where it has none."""
    package = target.rpartition(".")[0].rpartition(".")[0]
    return f"{package}.figures" if package else ""


def figures_of(package: str) -> dict[str, NamedFigure]:
    """The figures in ``package``, by name; none where it does not exist."""
    try:
        found = find_spec(package) if package else None
    except ModuleNotFoundError:
        found = None
    folders = [] if found is None else list(found.submodule_search_locations or [])
    stems = sorted({path.stem for folder in folders for path in Path(folder).glob("*.py")})
    owner = "" if package == SHARED or not folders else package.split(".")[-2]
    return {
        stem: NamedFigure(
            stem, f"{package}.{stem}", stem if not owner or stem.startswith(owner) else f"{owner}_{stem}"
        )
        for stem in stems
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
