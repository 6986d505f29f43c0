"""What MLflow allows in keys and values (its ``utils/validation.py``), and how to keep to it."""

import math
import posixpath
import re
from collections.abc import Mapping

KEY_LENGTH = 250
PARAM_LENGTH = 6000
TAG_LENGTH = 8000
EXPERIMENT_NOTE_LENGTH = 20000


def key(name: str) -> str:
    """``name`` as an allowed key: ``a[0]=b`` becomes ``a.0_b``; also no path that would resolve to another."""
    allowed = re.sub(r"[^/\w.\- :]", "_", name.replace("[", ".").replace("]", ""))
    resolved = posixpath.normpath(allowed.strip("/ ")).replace("..", "_")
    return "_" if resolved in (".", "") else resolved[:KEY_LENGTH]


def keys(names: Mapping[str, object]) -> dict[str, str]:
    """Each name's key; names that would share one are told apart by a number."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        wanted = key(name)
        unique, count = wanted, 1
        while unique in taken:
            count += 1
            unique = f"{wanted[: KEY_LENGTH - 5]}_{count}"
        taken.add(unique)
        given[name] = unique
    return given


def cut(text: str, length: int) -> str:
    """``text`` whole where it fits, else its beginning and how long it was."""
    ending = f" … ({len(text)} characters)"
    return text if len(text) <= length else text[: length - len(ending)] + ending


def cut_at_paragraph(text: str, length: int, ending: str) -> str:
    """``text`` whole where it fits, else its first paragraphs and list items, then ``ending`` as a paragraph."""
    if len(text) <= length:
        return text
    kept = text[: length - len(ending) - 2]
    end = max(kept.rfind("\n\n"), kept.rfind("\n- "))
    return f"{kept[:end].rstrip()}\n\n{ending}"


def word(value: object) -> str:
    """A parameter's value as yaml and the command line write it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return cut(str(value), PARAM_LENGTH)


def finite(metrics: Mapping[str, float]) -> dict[str, float]:
    """The finite ones: MLflow stores an infinity as 1.8e308 and a NaN as 0, which its charts then draw."""
    return {name: float(value) for name, value in metrics.items() if math.isfinite(value)}
