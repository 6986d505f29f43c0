"""Figures of a finished run or sweep: drawn from its stored tables when one is missing or its source has changed."""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from src.core.result import Result
from src.plotting.catalogue import NamedFigure
from src.plotting.save import save, suffix_of
from src.runs.directories import write_json
from src.runs.identity import code_identity

FOLDER, MANIFEST = "figures", "figures.json"


def draw_figures(directory: Path, figures: Sequence[NamedFigure], result: Callable[[], Result]) -> list[Path]:
    """Bring ``directory/figures`` up to date, without touching anything else of a finished run.

    A figure that is already there and whose source is unchanged is kept. A figure that is not asked for is kept as
    long as its source is unchanged, and removed otherwise.

    Args:
        directory: of the run or of the sweep's summary.
        figures: those asked for.
        result: reads the stored tables; called only when something has to be drawn.

    Returns:
        Files of the figures asked for; a figure whose tables are missing has none.
    """
    manifest = drawn(directory)
    asked = {figure.file_stem: (figure, code_identity([figure.module])) for figure in figures}
    kept = {stem: entry for stem, entry in manifest.items() if _is_current(directory, stem, entry)}
    missing = [
        (figure, source) for stem, (figure, source) in asked.items() if kept.get(stem, {}).get("source") != source
    ]
    if missing:
        stored = result()
        for figure, source in missing:
            kept[figure.file_stem] = {
                "module": figure.module,
                "source": source,
                "file": _draw(directory / FOLDER, figure, stored),
            }
    if kept != manifest:
        for entry in manifest.values():
            if entry["file"] and entry["file"] not in {one["file"] for one in kept.values()}:
                (directory / FOLDER / entry["file"]).unlink(missing_ok=True)
        write_json(directory / MANIFEST, kept)
    return [directory / FOLDER / kept[stem]["file"] for stem in asked if kept[stem]["file"]]


def is_drawn(directory: Path, figures: Sequence[NamedFigure]) -> bool:
    """Whether ``draw_figures`` would have nothing to draw."""
    manifest = drawn(directory)
    return all(
        figure.file_stem in manifest and _is_current(directory, figure.file_stem, manifest[figure.file_stem])
        for figure in figures
    )


def drawn(directory: Path) -> dict[str, dict[str, Any]]:
    """The figures of ``directory`` by file name without suffix: module, identity of its source, and file if any."""
    path = directory / MANIFEST
    if not path.is_file():
        return {}
    content: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return content


def undrawn(folders: Sequence[Path], figures: Sequence[NamedFigure]) -> list[str]:
    """Names of the figures that are in none of ``folders``, each a folder of pictures."""
    there = {path.stem for folder in folders for path in folder.glob("*")}
    return [figure.name for figure in figures if figure.file_stem not in there]


def _is_current(directory: Path, stem: str, entry: dict[str, Any]) -> bool:
    """Whether the figure's file is there and was drawn by the code as it is."""
    there = entry["file"] is None or (directory / FOLDER / entry["file"]).is_file()
    return bool(there and entry["source"] == code_identity([entry["module"]]))


def _draw(folder: Path, figure: NamedFigure, result: Result) -> str | None:
    """Draw one figure into ``folder``; its file name, or None where its tables are missing."""
    picture = figure.draw(result.tables, result.about)
    if picture is None:
        return None
    path = folder / f"{figure.file_stem}{suffix_of(picture)}"
    aside = path.with_name(f".{os.getpid()}-{path.name}")  # another process may draw the same one
    save(picture, aside)
    aside.replace(path)
    return path.name
