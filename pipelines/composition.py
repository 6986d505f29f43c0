"""Which files of ``conf/`` a study composes, read from the yamls alone.

Follows Hydra's rules as far as studies use them: the defaults list of ``config.yaml``, ``override /group: name`` in
the study's yaml and in those of the groups it chooses, and the grid of ``hydra.sweeper.params``, which wins.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ITSELF = "_self_"


class CompositionError(Exception):
    """A yaml says something that is not understood here, or names a file that does not exist."""


def read(path: Path) -> Mapping[str, Any]:
    """Content of the yaml at ``path``; empty for an empty one."""
    if not path.is_file():
        raise CompositionError(f"{path} does not exist")
    return _parsed(path.read_text(encoding="utf-8"))


@cache
def _parsed(text: str) -> Mapping[str, Any]:
    # A grid's jobs open the same few files over and over.
    content = yaml.safe_load(text)
    return content if isinstance(content, Mapping) else {}


def study_files(conf: Path, study: str) -> set[Path]:
    """Files that at least one job of the study's grid composes, but for the profile's, which the command names."""
    top, own = conf / "config.yaml", conf / "study" / f"{study}.yaml"
    files: set[Path] = {top, own}
    for job in _jobs(conf, own):
        files |= _job_files(conf, {**_chosen(top), **_chosen(own)}, job)
    return files


def _job_files(conf: Path, defaults: Mapping[str, str], job: Mapping[str, str]) -> set[Path]:
    """The groups' files of one job, whose choices win over what any yaml overrides."""
    choices, opened = {**defaults, **job}, set[Path]()
    while waiting := [path for path in _paths(conf, choices) if path not in opened]:
        opened.add(waiting[0])
        choices |= {group: name for group, name in _chosen(waiting[0]).items() if group not in job}
    return {path for path in opened if path in set(_paths(conf, choices))}


def _paths(conf: Path, choices: Mapping[str, str]) -> list[Path]:
    return [conf / group / f"{name}.yaml" for group, name in choices.items() if group != "profile"]


def _chosen(path: Path) -> dict[str, str]:
    """Group and name of each entry of the defaults list of ``path``, Hydra's own groups left out."""
    chosen = {}
    for entry in read(path).get("defaults", []):
        if entry == ITSELF:
            continue
        if not isinstance(entry, Mapping) or len(entry) != 1:
            raise CompositionError(f"{path}: defaults entry {entry!r} is not GROUP: NAME")
        [(key, name)] = entry.items()
        group = str(key).removeprefix("override ").removeprefix("/").partition("@")[0]
        if not group.startswith("hydra/"):
            chosen[group] = str(name)
    return chosen


def _jobs(conf: Path, own: Path) -> Iterator[dict[str, str]]:
    """Choices of groups of each job of the study's grid; keys of the grid that are no groups change no files."""
    sweeper = read(own).get("hydra", {}).get("sweeper", {})
    grid = {key.lstrip("+"): str(values) for key, values in (sweeper.get("params") or {}).items()}
    groups = {key: _names(conf, key, values) for key, values in grid.items() if (conf / key).is_dir()}
    for names in itertools.product(*groups.values()):
        yield dict(zip(groups, names, strict=True))


def _names(conf: Path, group: str, values: str) -> list[str]:
    """Names in ``a,b``, ``choice(a,b)`` or ``glob(pattern)``."""
    if match := re.fullmatch(r"\s*glob\((.*)\)\s*", values):
        pattern = match[1].strip().strip("'\"")
        return sorted(path.stem for path in (conf / group).glob("*.yaml") if fnmatchcase(path.stem, pattern))
    inner = re.fullmatch(r"\s*choice\((.*)\)\s*", values)
    names = [name.strip() for name in (inner[1] if inner else values).split(",")]
    if unclear := [name for name in names if not re.fullmatch(r"\w+", name)]:
        raise CompositionError(f"grid of {group}: {unclear[0]!r} is not the name of a yaml")
    return names
