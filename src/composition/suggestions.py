"""Names that do not exist, and the ones that were probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def must_be_one_of(field: str, value: object, allowed: Iterable[str]) -> str:
    """One line that names the field, the value, what is allowed, and the nearest of it."""
    known = sorted(allowed)
    return f"{field} = {value}: must be one of {', '.join(known)}{suggestion(str(value), known)}"


def suggestion(name: str, known: Iterable[str]) -> str:
    """`` (did you mean X?)``, or nothing when no known name is near."""
    near = get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
