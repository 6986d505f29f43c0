"""Grids: a study's own and the command's, the jobs that they make, and what tells one job from the others."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override

from src.command.help_text import names
from src.composition.refusals import Refused

# Keys that name a run by themselves; any other that varies is added to the method's name.
NAMING = ("problem", "optimizer", "search", "preset")


def varied(jobs: Sequence[Sequence[str]]) -> list[str]:
    """Keys, other than those in NAMING, whose values differ between ``jobs``."""
    values: dict[str, set[str]] = {}
    for word in (word for job in jobs for word in job):
        key, _, value = word.partition("=")
        values.setdefault(key.lstrip("+"), set()).add(value)
    return [key for key, seen in values.items() if len(seen) > 1 and key not in NAMING]


def variant(overrides: Sequence[str], varied: Sequence[str]) -> str:
    """What tells a job's method from those of the sweep's other jobs: `` (KEY=VALUE, ...)``, or nothing."""
    own = [word.lstrip("+") for word in overrides if word.partition("=")[0].lstrip("+") in varied]
    return f" ({', '.join(own)})" if own else ""


def covering(jobs: Sequence[list[str]]) -> list[list[str]]:
    """A few of ``jobs`` such that every override of any job is in one of them."""
    chosen, seen = [], set[str]()
    for job in jobs:
        if not seen.issuperset(job):
            chosen.append(job)
            seen.update(job)
    return chosen or [list(job) for job in jobs[:1]]


# What a command may set without changing which parts of the study's grid are run.
OF_THE_WHOLE_GRID = (
    "study", "profile", "seeds", "steps", "tuning", "evaluate_every", "root_seed", "device", "figures",
    "sweep_figures", "force", "aside", "hydra",
)  # fmt: skip


def is_whole(command: Iterable[Override]) -> bool:
    """Whether a command runs the study's own grid, and not a narrower or another one."""
    return all(one.key_or_group.partition(".")[0].partition("/")[0] in OF_THE_WHOLE_GRID for one in command)


def values_of(conf: Path, one: Override) -> list[str]:
    """The values that an override sweeps over, as text; of one that sweeps nothing, its value.

    Raises:
        Refused: there are none, or one twice.
    """
    value: object = one.value()
    if isinstance(value, Glob):
        found = value.filter(names(conf, one.key_or_group))
    elif one.is_sweep_override():
        found = [str(each) for each in one.sweep_string_iterator()]
    else:
        found = [one.get_value_element_as_str()]
    if not found:
        raise Refused(f"{one.input_line}: holds no value")
    if twice := [each for place, each in enumerate(found) if each in found[:place]]:
        raise Refused(f"{one.input_line}: names {twice[0]} twice")
    return found


def own_grid(params: Mapping[str, str], most: int | None, parser: OverridesParser) -> dict[str, list[str]]:
    """A study's own grid: the values of each of its keys, at most ``most`` of them, spread over the list."""
    grid = {}
    for one in parser.parse_overrides([f"{key}={value}" for key, value in params.items()]):
        values = list(one.sweep_string_iterator()) if one.is_sweep_override() else [one.get_value_element_as_str()]
        if most is not None and len(values) > most:
            places = np.unique(np.linspace(0, len(values) - 1, most).round().astype(int))
            values = [values[place] for place in places]
        grid[one.get_key_element()] = [str(value) for value in values]
    return grid


def with_command(
    conf: Path, grid: Mapping[str, Sequence[str]], command: Sequence[Override], *, multirun: bool
) -> list[str]:
    """The words that make the jobs: the grid's, where the command does not set the key, and the command's.

    In the command ``KEY=+VALUE,...`` adds values to the grid's own.
    """
    set_here = {one.key_or_group for one in command}
    kept = {key: values for key, values in grid.items() if key.lstrip("+") not in set_here} if multirun else {}
    words = [f"{key}={','.join(values)}" for key, values in kept.items()]
    by_key = {key.lstrip("+"): values for key, values in grid.items()}
    for one in command:
        values = values_of(conf, one)
        own = by_key.get(one.key_or_group)
        if values[0].startswith("+") and own is not None:
            added = [value.removeprefix("+") for value in values]
            values = list(dict.fromkeys(chain(own, added)))
        elif not isinstance(one.value(), Glob):
            words.append(str(one.input_line))
            continue
        words.append(f"{one.get_key_element()}={','.join(values)}")
    return words
