"""Names and order of safeguards and their chains in figures."""

from collections.abc import Sequence

from src.plotting.contract import About, number
from src.plotting.words import seeds


def shown(method: str, about: About) -> str:
    """The parts of ``method`` in their order, as far as they are known; else its own name."""
    parts = (about.get("parts") or {}).get(method) or []
    return " \N{RIGHTWARDS ARROW} ".join(parts) if len(parts) > 1 else method.replace("_", " as ")


def counted(about: About) -> str:
    """How many seeds, and on which problems it is another number."""
    most = number(about.get("seeds"))
    fewer = {name: count for name, count in (about.get("seeds_by_problem") or {}).items() if number(count) != most}
    return seeds(about) + "".join(f" ({count} on {name})" for name, count in fewer.items())


def by_parts(methods: Sequence[str], about: About) -> list[str]:
    """``methods`` with fewer parts first, and otherwise as they come."""
    parts = about.get("parts") or {}
    return sorted(methods, key=lambda method: len(parts.get(method) or []))
