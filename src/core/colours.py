"""One colour for one method, wherever it is drawn: in every figure and in the tracking server's charts.

The colours are those of Okabe and Ito (2008) and of Tol's schemes (2021), chosen to be told
apart with colour-blind eyes. No scheme holds a dozen colours that stay apart for everyone, so figures also give a
method its own dash and marker.
"""

import zlib

KNOWN = {
    "gd": "#000000",
    "momentum": "#0072b2",
    "nesterov": "#56b4e9",
    "adagrad": "#cc79a7",
    "rmsprop": "#009e73",
    "adam": "#d55e00",
    "adamw": "#e69f00",
    "robust": "#882255",
    "clipped_adam": "#999933",
    "clip": "#332288",
    "noise": "#999999",
    "precondition": "#117733",
}

# For methods that are not in the map, a user's own among them.
REMAINING = ("#ee3377", "#44aa99", "#aa4499", "#004488", "#997700", "#ccbb44", "#663333", "#ee99aa")


def stable_hash(name: str) -> int:
    """A hash of ``name`` that is the same in every process (Python's own is salted)."""
    return zlib.crc32(name.encode())


def colour(method: str) -> str:
    """The colour of ``method`` as ``#rrggbb``; a method that is not in the map gets one of the remaining ones."""
    return KNOWN.get(method) or REMAINING[stable_hash(method) % len(REMAINING)]
