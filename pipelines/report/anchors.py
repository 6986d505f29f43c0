"""Names of places on the page."""

import re

from src.plotting.palettes import stable_hash


def slug(*words: str) -> str:
    """``words`` joined by ``-``; where other signs had to be replaced, a digest keeps names apart."""
    plain = "-".join(re.sub(r"[^A-Za-z0-9._]+", "-", word) for word in words)
    return plain if plain == "-".join(words) else f"{plain}-{stable_hash('/'.join(words)):08x}"
