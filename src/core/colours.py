"""One colour for one method, wherever it is drawn: in every figure and in the tracking server's charts.

The colours are those of Okabe and Ito (2008) and of Tol's muted and bright schemes (2021), chosen to be told
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
    "clipped_gd": "#332288",
    "noisy_gd": "#bbbbbb",
    "preconditioned_gd": "#117733",
}

# For methods that are not in the map, a user's own among them.
REMAINING = ("#ee6677", "#44aa99", "#aa4499", "#ddcc77", "#88ccee", "#6699cc", "#994455", "#997700")


def stable_hash(name: str) -> int:
    """A hash of ``name`` that is the same in every process (Python's own is salted)."""
    return zlib.crc32(name.encode())


def colour(method: str) -> str:
    """The colour of ``method`` as ``#rrggbb``; a method that is not in the map gets one of the remaining ones."""
    return KNOWN.get(method) or REMAINING[stable_hash(method) % len(REMAINING)]
