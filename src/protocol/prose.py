"""Results in prose: what a text that is typed by hand may not state, since the next run may make it false."""

import re

# Parts of a text that hold digits and state no result.
NAMES = re.compile(
    r"`[^`]*`"  # code
    r"|\b[CR]\d+(?:\.[\w-]+)?"  # a row of docs/reference.md, or a part of one
    r"|(?:\b[A-Z][\w-]+|\bal\.)(?:'s)?,? \(?(?:1[89]|20)\d\d\b\)?"  # a source and its year
    r"|(?<!\w)\d+/[A-Za-z]\w*"  # a law, as 1/B
    r"|(?<!\w)\d+-[A-Z]\w*"  # a name, as 3-SAT
)
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)")
COMPARISON = re.compile(
    r"-?\d[\d.]* ?%"
    r"|\d+ of (?:the |all )?\d+"
    r"|[\w.]+ times\b"
    r"|\b[\w-]+fold\b"
    r"|\bper ?cent\b"
    r"|\b(?:half|twice|double|a third|a quarter|a tenth) (?:as|of|the|a percentage)\b",
    re.IGNORECASE,
)


def numbers(text: str) -> list[str]:
    """Numbers in ``text`` as they stand there; those within names, sources, laws and code are left out."""
    return [found.group().removesuffix(".") for found in NUMBER.finditer(NAMES.sub(" ", text))]


def comparisons(text: str) -> list[str]:
    """Phrases in ``text`` that say how large something is: percentages, counts out of others, multiples, shares."""
    return [found.group() for found in COMPARISON.finditer(NAMES.sub(" ", text))]
