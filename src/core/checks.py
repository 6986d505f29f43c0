"""Checks of constructor fields, so that a bad setting is one clear line and never a wrong result."""

import math
import operator
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any


class FieldError(ValueError):
    """A field holds a value that is not allowed; the message names field, value and what is allowed."""


def field_error(owner: object, field: str, value: object, allowed: str) -> FieldError:
    """The error to raise when ``owner.field`` is ``value`` but must be ``allowed``."""
    name = owner if isinstance(owner, str) else type(owner).__name__
    return FieldError(f"{name}.{field} = {value!r}: must be {allowed}")


def is_number(value: object) -> bool:
    """Whether ``value`` is a finite real number (bool does not count)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def check_number(
    owner: object,
    field: str,
    *,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
) -> None:
    """Raise FieldError unless ``owner.field`` is a finite number within the bounds."""
    value: Any = getattr(owner, field)
    bounds = [
        (above, "above", operator.gt),
        (at_least, "at least", operator.ge),
        (below, "below", operator.lt),
        (at_most, "at most", operator.le),
    ]
    if not is_number(value) or not all(bound is None or holds(value, bound) for bound, _, holds in bounds):
        words = " and ".join(f"{word} {bound:g}" for bound, word, _ in bounds if bound is not None)
        raise field_error(owner, field, value, f"a finite number {words}".strip())


def check_count(owner: object, field: str, *, at_least: int = 1) -> None:
    """Raise FieldError unless ``owner.field`` is a whole number of at least ``at_least``."""
    value = getattr(owner, field)
    if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
        raise field_error(owner, field, value, f"a whole number, at least {at_least}")


def check_name(owner: object, field: str, taken: Iterable[str] = ()) -> None:
    """Raise FieldError unless ``owner.field`` names a file by letters, digits, _ and -, and is not ``taken``."""
    value = getattr(owner, field)
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", value):
        raise field_error(owner, field, value, "a name of at most 100 letters, digits, _ and -")
    if value in set(taken):
        raise field_error(owner, field, value, f"another name than {', '.join(taken)}")


def check_flag(owner: object, field: str) -> None:
    """Raise FieldError unless ``owner.field`` is true or false (0 and 1 do not count)."""
    value = getattr(owner, field)
    if not isinstance(value, bool):
        raise field_error(owner, field, value, "true or false")


def check_choice(owner: object, field: str, choices: Iterable[str]) -> None:
    """Raise FieldError unless ``owner.field`` is one of ``choices``."""
    value = getattr(owner, field)
    allowed = sorted(choices)
    if value not in allowed:
        raise field_error(owner, field, value, "one of " + ", ".join(allowed))


def check_vector(owner: object, field: str, length: int) -> None:
    """Raise FieldError unless ``owner.field`` is a sequence of ``length`` finite numbers."""
    value = getattr(owner, field)
    fits = isinstance(value, Sequence) and not isinstance(value, str) and len(value) == length
    if not fits or not all(is_number(item) for item in value):
        raise field_error(owner, field, value, f"a list of {length} finite numbers")


@dataclass(frozen=True)
class PositiveNumbers:
    """A group of settings, each of which is a number above 0."""

    def __post_init__(self) -> None:
        for each in fields(self):
            check_number(self, each.name, above=0)
