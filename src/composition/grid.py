"""The jobs of a grid as lists of overrides: which to try first, and what tells one from the others."""

from collections.abc import Sequence

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
